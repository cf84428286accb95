import { exitCodes, UsageError } from '../../errors.js';
import { applyChange } from '../../regular-cleaning/apply-change.js';
import { readConfigFile } from '../../regular-cleaning/config-file.js';
import { renderFragment } from '../../regular-cleaning/fragment.js';
import { isFine, judge } from '../../regular-cleaning/judge.js';
import { planChange } from '../../regular-cleaning/plan-change.js';
import { type ProductName, productNames } from '../../regular-cleaning/products.js';
import { readSettings } from '../../regular-cleaning/read-settings.js';
import type { Wanted } from '../../regular-cleaning/settings.js';
import {
  changeSections,
  reportChange,
  reportFragment,
  reportSettingsNow,
} from '../../report/report-regular-cleaning.js';
import type { Command } from '../command.js';
import { confirm } from '../confirm.js';
import { type Flags, isOn, switchFlag, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { jsonOption } from '../shared-options.js';

const actions = ['show', 'check', 'apply'] as const;
type Action = (typeof actions)[number];

/** The cleaning that the product does by itself, beside which deep cleaning works. */
export const regularCleaning: Command = {
  usage: 'regular-cleaning <action> [file]',
  summary: "Show, check or change the product's own settings of what its own jobs clean",
  positionals: {
    action: { choices: actions, describe: 'show: what to write; check: what a file says; apply: change a file' },
    file: { type: 'string', describe: 'identity.xml (API Manager 2.6) or deployment.toml (3.0 and newer)' },
  },
  options: {
    'product-version': textOption('show: version of the product, such as 2.6.0'),
    product: textOption('show: API Manager or Identity Server', { choices: productNames, default: 'apim' }),
    cleaning: textOption('on or off: token cleaning; show: on unless given'),
    audit: textOption('on or off: keep cleaned tokens in the audit table; show: on unless given'),
    plan: switchOption('apply: show what would be changed only'),
    yes: switchOption('apply: change without asking'),
    ...jsonOption,
  },
  examples: [
    ['regular-cleaning show --product-version 2.6.0 --audit off', 'what has to stand in identity.xml'],
    ['regular-cleaning check repository/conf/deployment.toml', 'in words; exit 1 where it clashes with deep cleaning'],
    ['regular-cleaning apply repository/conf/deployment.toml --audit off', 'show, ask, keep a copy, change'],
  ],
  run: (flags, output) => actionsByName[textFlag(flags, 'action') as Action](flags, output),
};

const actionsByName: Readonly<Record<Action, (flags: Flags, output: Output) => Promise<number>>> = {
  show,
  check,
  apply,
};

async function show(flags: Flags, output: Output): Promise<number> {
  const version = textFlag(flags, 'product-version');
  if (version === undefined) {
    throw new UsageError('Nothing says for which version the settings are.', {
      next: 'Give --product-version, such as 2.6.0, and --product is for Identity Server.',
    });
  }
  if (textFlag(flags, 'file') !== undefined) {
    throw new UsageError('show looks at no file.', { next: 'Leave the file out, or use check or apply.' });
  }
  const { cleaning = true, audit = true } = wantedOf(flags);
  const product = textFlag(flags, 'product') as ProductName;
  const fragment = renderFragment({ product, version, cleaning, audit });
  if (output.json) {
    output.report(reportFragment(fragment));
    return exitCodes.ok;
  }
  output.raw(fragment.text);
  output.note(`for ${fragment.file.path}`);
  if (cleaning && audit) output.note('The audit table only grows: let cleanup_tokens prune it (audit_pruning).');
  return exitCodes.ok;
}

async function check(flags: Flags, output: Output): Promise<number> {
  const now = readSettings(readConfigFile(fileOf(flags)));
  const findings = judge(now);
  output.report(reportSettingsNow(now, findings));
  return isFine(findings) ? exitCodes.ok : exitCodes.different;
}

async function apply(flags: Flags, output: Output): Promise<number> {
  const file = fileOf(flags);
  const wanted = wantedOf(flags);
  if (Object.keys(wanted).length === 0) {
    throw new UsageError('Nothing says what to change.', { next: 'Add --cleaning on|off, --audit on|off, or both.' });
  }
  const plan = planChange(readConfigFile(file), wanted);
  if (isOn(flags, 'plan') || !plan.isNeeded) {
    output.report(reportChange({ plan }));
    return exitCodes.ok;
  }
  // The plan is what is asked about, so it is shown before; with --json it comes in the one document at the end.
  if (!output.json) output.report({ sections: changeSections(plan), json: null });
  if (!(await confirm('Change the file?', isOn(flags, 'yes')))) {
    output.note('Nothing was changed.');
    return exitCodes.different;
  }
  const backup = applyChange(plan);
  output.report(reportChange({ plan, backup, onlyResult: !output.json }));
  return exitCodes.ok;
}

function fileOf(flags: Flags): string {
  const file = textFlag(flags, 'file');
  if (file !== undefined) return file;
  throw new UsageError('No file is given.', {
    next: 'Give the path of an identity.xml (API Manager 2.6) or a deployment.toml (3.0 and newer).',
  });
}

function wantedOf(flags: Flags): Wanted {
  const [cleaning, audit] = ['cleaning', 'audit'].map((name) => switchFlag(flags, name));
  return {
    ...(cleaning !== undefined && { cleaning }),
    ...(audit !== undefined && { audit }),
  };
}
