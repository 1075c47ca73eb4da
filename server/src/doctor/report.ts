/** What the probe has seen in a program that runs. */
export interface Report {
  /** Of the copy of OTel's API that registered first. */
  readonly apiVersion: string | undefined;
  /** The registered provider's class, `undefined` without one. */
  readonly provider: string | undefined;
  /** Classes of its span processors, and of the exporters in them; `undefined` where it shows none. */
  readonly processors: readonly string[] | undefined;
  readonly hasContextManager: boolean;
  readonly hasPropagator: boolean;
  /** Processors and exporters of flowspan in use. */
  readonly pipelines: number;
  /** `flowspan/register` is loaded. */
  readonly isRegistered: boolean;
  /** Calls of flowspan's wrappers that the sampler left out. */
  readonly notSampled: number;
  readonly isFetchHooked: boolean;
  /** Hosts of calls to model providers that came round the hook on `fetch`, though there was one. */
  readonly roundTheHook: readonly string[];
  /** Hosts of such calls while there was no hook. */
  readonly unhooked: readonly string[];
}

/** Where the probe writes its reports: a folder, one file for each process. */
export const REPORT_FOLDER_VARIABLE = "FLOWSPAN_DOCTOR_REPORTS";
