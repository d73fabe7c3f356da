/**
 * So long a tick starts new work. One tick a minute, so ticks of a healthy site do not overlap; every second left unused is
 * a second in which a long queue of backups does not move.
 */
export const tickBudgetMs = 57_000;
