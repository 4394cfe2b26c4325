/** Bytes of bulk messages that wait in the browser, at most, and when more are taken. */
export const MAX_BUFFERED = 1 << 20;
export const LOW_BUFFERED = 512 << 10;
