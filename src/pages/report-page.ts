import type { Report, Section } from '../report/report.js';
import { drawPage, type PageSection, paragraph, table } from './page.js';

/** What a command has to say as a page: the same sentences and tables. */
export const drawReport = (title: string, lead: readonly string[], { sections }: Report): string =>
  drawPage({ title, lead, sections: sections.map(asPageSection), foot: ['Made by deepclean.'] });

const asPageSection = ({ title = '', lines = [], table: rows }: Section): PageSection => ({
  title,
  blocks: [...lines.map(paragraph), ...(rows === undefined ? [] : [table(title, rows)])],
});
