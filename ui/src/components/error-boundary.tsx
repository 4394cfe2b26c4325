import { Component, type ReactNode } from "react";

interface Props {
  fallback: (error: Error, again: () => void) => ReactNode;
  children: ReactNode;
}

/** The call lives outside of React and survives a rendering error; the fallback can render the interface again. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(thrown: unknown) {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    const { error } = this.state;
    return error ? this.props.fallback(error, () => this.setState({ error: null })) : this.props.children;
  }
}
