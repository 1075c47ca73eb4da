import { shortLabel } from "./cut-text.ts";

/** A file's path with its folder in the background; isolated, so that it can't turn its neighbours. */
export function PathLabel({ path }: { readonly path: string }) {
  const label = shortLabel(path);
  const nameAt = label.lastIndexOf("/") + 1;
  return (
    <bdi class="path" title={label}>
      {nameAt > 0 && <span class="path-folder">{label.slice(0, nameAt)}</span>}
      <span class="path-name">{label.slice(nameAt)}</span>
    </bdi>
  );
}
