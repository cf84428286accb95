import { type Setting, unreadable } from '../operate/settings.js';
import { noWords } from '../policy/word-list.js';
import type { Report, Section } from './report.js';

/** Every live setting of a cleanup, and what each may be. */
export function reportSettings(procedure: string, settings: readonly Setting[], changed: readonly string[]): Report {
  return {
    sections: [
      {
        title: `Settings of ${procedure}`,
        table: {
          columns: [
            { title: 'setting' },
            { title: 'value', right: true },
            { title: 'unit' },
            { title: 'allowed' },
            { title: 'default' },
          ],
          rows: settings.map((setting) => [
            changed.includes(setting.name) ? { text: setting.name, tone: 'strong' } : setting.name,
            setting.value === setting.default
              ? setting.value
              : { text: setting.value, tone: unreadable(setting) ? 'bad' : 'strong' },
            setting.unit ?? '',
            allowedText(setting),
            { text: setting.default ?? '', tone: 'quiet' },
          ]),
        },
      },
      ...unreadableLines(settings),
      ...(changed.length === 0 ? [] : [{ lines: [{ text: `changed: ${changed.join(', ')}`, tone: 'good' } as const] }]),
    ],
    json: { procedure, settings, changed },
  };
}

/** Settings whose values count for nothing, and why. */
export function unreadableLines(settings: readonly Setting[]): readonly Section[] {
  const lines = settings.flatMap((setting) => {
    const why = unreadable(setting);
    return why === undefined ? [] : [{ text: `${setting.name}=${setting.value}: ${why}`, tone: 'bad' as const }];
  });
  return lines.length === 0 ? [] : [{ lines }];
}

function allowedText({ minimum, maximum, allowed, isList }: Setting): string {
  if (isList) return `words with commas between, or ${noWords}`;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return allowed?.join(', ') ?? '';
}
