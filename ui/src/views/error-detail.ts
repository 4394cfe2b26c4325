/** What is known of `error`, for a report: Firefox and Safari name neither it nor its message in the stack. */
export function errorDetail(error: Error): string {
  const told = `${error.name}: ${error.message}`;
  const { stack = "" } = error;
  return stack.startsWith(told) ? stack : `${told}\n${stack}`.trimEnd();
}
