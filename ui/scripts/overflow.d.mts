export function overflowing(): string[];
