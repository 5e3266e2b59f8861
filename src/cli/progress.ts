// What goes on, on stderr: a spinner with the stage beside it while somebody watches, one plain line for each stage otherwise. Never on stdout.
import { textsOf } from './lines.ts';
import type { Language, Line } from './lines.ts';
import type { Terminal } from './terminal.ts';

export interface Progress {
  /** A new stage; the same one again changes nothing. */
  readonly stage: (line: Line) => void;
  readonly end: () => void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const CLEAR = '\r\u001b[2K';

export function openProgress(terminal: Terminal, language: Language): Progress {
  return terminal.isInteractive ? spinner(terminal, language) : plainLines(terminal, language);
}

function plainLines({ err }: Terminal, language: Language): Progress {
  let last = '';
  return {
    stage: (line) => {
      const text = textsOf(line, language).join(' · ');
      if (text !== last) err(`${text}\n`);
      last = text;
    },
    end: () => undefined,
  };
}

function spinner({ err }: Terminal, language: Language): Progress {
  let frame = 0;
  let text = '';
  const draw = (): void => {
    err(`${CLEAR}${frames[frame % frames.length] ?? ''} ${text}`);
    frame += 1;
  };
  const timer = setInterval(draw, FRAME_MS);
  return {
    stage: (line) => {
      text = textsOf(line, language)[0] ?? '';
      draw();
    },
    end: () => {
      clearInterval(timer);
      err(CLEAR);
    },
  };
}
