import type { Setting } from '../operate/settings.js';
import type { Report } from './report.js';

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
            setting.value === setting.default ? setting.value : { text: setting.value, tone: 'strong' },
            setting.unit ?? '',
            allowedText(setting),
            { text: setting.default ?? '', tone: 'quiet' },
          ]),
        },
      },
      ...(changed.length === 0 ? [] : [{ lines: [{ text: `changed: ${changed.join(', ')}`, tone: 'good' } as const] }]),
    ],
    json: { procedure, settings, changed },
  };
}

function allowedText({ minimum, maximum, allowed }: Setting): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return allowed?.join(', ') ?? '';
}
