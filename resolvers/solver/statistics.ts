/** How much work a solution was. */
export interface Statistics {
  /** How many times a choice was continued to its end: one more than mistakes were taken back. */
  tries: number;
  /** Versions decided upon, those taken back included. */
  decisions: number;
  /** Conflicts met. */
  conflicts: number;
  /** Decisions taken back. */
  undone: number;
}

export const noStatistics = (): Statistics => ({ tries: 1, decisions: 0, conflicts: 0, undone: 0 });
