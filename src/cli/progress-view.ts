import { SingleBar } from 'cli-progress';
import type { Progress } from '../operate/progress.js';
import { count, duration } from '../report/format.js';
import type { Output } from './output.js';

/** Shows how far a run is: a bar for who watches, else a line every few seconds. */
export interface ProgressView {
  update(progress: Progress): void;
  /** Ends the bar, so that the next message stands on its own line. */
  stop(): void;
}

const lineEveryMs = 5000;

export function createProgressView(output: Output, totalRows: number | undefined): ProgressView {
  const isWatched = process.stderr.isTTY && !output.json && totalRows !== undefined && totalRows > 0;
  return isWatched ? barView(output, totalRows) : lineView(output);
}

function barView(output: Output, totalRows: number): ProgressView {
  const bar = new SingleBar({
    format: `${output.colours.cyan('{bar}')} {percentage} %  {rows} rows  {rate} rows/s  {left}  {table}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    // On stderr, and never closing the terminal's input: Ctrl-C is ours.
    stream: process.stderr,
    gracefulExit: false,
    fps: 5,
  });
  const payload = (progress: Progress) => ({
    rows: `${count(progress.deletedRows)}/${count(progress.totalRows ?? totalRows)}`,
    rate: count(progress.rowsPerSecond),
    left: leftText(progress),
    table: progress.table ?? '',
  });
  bar.start(totalRows, 0, payload({ deletedRows: 0, rowsPerSecond: 0 }));
  return {
    update: (progress) => {
      bar.setTotal(progress.totalRows ?? totalRows);
      bar.update(progress.deletedRows, payload(progress));
    },
    stop: () => bar.stop(),
  };
}

function lineView(output: Output): ProgressView {
  let lastAt = Date.now();
  return {
    update: (progress) => {
      if (Date.now() - lastAt < lineEveryMs) return;
      lastAt = Date.now();
      output.note(progressLine(progress));
    },
    stop: () => {},
  };
}

/** `12,000 of 50,000 rows (24 %), 3,000 rows/s, 12.7 s left, TABLE` */
export function progressLine(progress: Progress): string {
  const { deletedRows, totalRows, rowsPerSecond, table } = progress;
  const percent =
    totalRows === undefined || totalRows === 0 ? '' : ` (${Math.floor((100 * deletedRows) / totalRows)} %)`;
  const rows = totalRows === undefined ? count(deletedRows) : `${count(deletedRows)} of ${count(totalRows)}`;
  const parts = [`${rows} rows${percent}`, `${count(rowsPerSecond)} rows/s`, leftText(progress), table ?? ''];
  return parts.filter((part) => part !== '').join(', ');
}

const leftText = ({ secondsLeft }: Progress): string =>
  secondsLeft === undefined ? '' : `${duration(secondsLeft * 1000)} left`;
