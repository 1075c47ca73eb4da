import type { EstimateTokens, PriceCall } from "../base/call-cost.ts";
import type { EncodeLimits } from "../base/encode-limits.ts";
import type { LogType } from "../base/log-types.ts";
import type { ContentMode } from "../base/shared-state.ts";

/** What assembling needs to know beside the spans. */
export interface AssembleOptions {
  /** Default: the resource's `service.name`. */
  readonly serviceName?: string;
  /** `none` leaves the payload of every log out. Default `span`. */
  readonly content?: ContentMode;
  /** False: no span hangs under a log of another process that it names. Default true. */
  readonly acceptRemoteParent?: boolean;
  /** Mask and byte cap for spans that are not ours. Default: only secrets are masked. */
  readonly limits?: EncodeLimits;
  /**
   * Gets each path that no caller chose (from an agent's or tool's name, an operation, the
   * service) and gives the one to use: the place to bound how many there are.
   */
  readonly madePath?: (path: string, type: LogType) => string;
  /** Prices calls whose provider has not. Default: those have no cost. */
  readonly price?: PriceCall;
  /** Counts the tokens of streamed calls that told none. Default: those have none. */
  readonly estimateTokens?: EstimateTokens;
}

/** Default limits: one field takes up to 64 MiB. */
export const DEFAULT_LIMITS: EncodeLimits = { maxFieldBytes: 1 << 26, mask: undefined };
