/** Name, message and stack, for a report. In Firefox and Safari the stack contains neither name nor message. */
export function errorDetail(error: Error): string {
  const summary = `${error.name}: ${error.message}`;
  const { stack = "" } = error;
  return stack.startsWith(summary) ? stack : `${summary}\n${stack}`.trimEnd();
}
