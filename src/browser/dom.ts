// The little of a browser's document that the page uses. The compiler's own description of it would be in every file of the package, where nothing of it exists.

export interface PageElement {
  textContent: string | null;
  className: string;
  readonly dataset: Record<string, string>;
  append(...nodes: readonly PageElement[]): void;
  replaceChildren(...nodes: readonly PageElement[]): void;
  addEventListener(type: 'click' | 'change', listener: () => void): void;
}

export interface FileInput extends PageElement {
  type: string;
  multiple: boolean;
  value: string;
  id: string;
  readonly files: Iterable<File> | null;
}

export interface Link extends PageElement {
  download: string;
  href: string;
}

export interface DropEvent {
  preventDefault(): void;
  readonly dataTransfer: { readonly files: Iterable<File> } | null;
}

interface PageDocument {
  title: string;
  readonly documentElement: { lang: string };
  readonly body: PageElement;
  createElement(name: 'input'): FileInput;
  createElement(name: 'a'): Link;
  createElement(name: string): PageElement;
  addEventListener(type: 'dragover' | 'drop', listener: (event: DropEvent) => void): void;
}

export const page = (globalThis as unknown as { readonly document: PageDocument }).document;
