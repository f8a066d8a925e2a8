import { Component, type ComponentChildren } from 'preact';

/** A fault of one screen leaves the rest of the page as it is, and says what happened. */
export class Boundary extends Component<{ children: ComponentChildren }, { message: string | undefined }> {
  override state = { message: undefined };

  static override getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    const { message } = this.state;
    if (message === undefined) return this.props.children;
    return (
      <p class="notice trouble" role="alert">
        This screen could not be drawn: {message}. Other screens still work; please report this as a bug.
      </p>
    );
  }
}
