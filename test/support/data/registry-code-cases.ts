import type { Clocks, ScenarioCase } from '../scenario/scenario.js';
import { ago, code, codesLeft, folder, inTime, longAgo, perLayout } from './registry-codes.js';
import { codesFolder, home, hookOf, pathRow, property, propertyLink, resource } from './registry-rows.js';

/** One code with that time. */
const judged = (verb: 'keeps' | 'deletes', what: string, expireTime: (m: Clocks) => string | null) =>
  perLayout(`${verb} a confirmation code ${what}`, (layout) => ({
    rows: (m) => [...folder, ...code(layout, 5, expireTime(m))],
    survivors: codesLeft(verb === 'keeps' ? [5] : []),
  }));

const pastMillisecond = (m: Clocks): string => ago(m, { days: 5 });

const timeCases: readonly ScenarioCase[] = [
  ...judged('deletes', 'whose time passed an hour and a quarter ago', (m) => ago(m, { hours: 1, minutes: 15 })),
  ...judged('keeps', 'whose time passed three quarters of an hour ago', (m) => ago(m, { minutes: 45 })),
  ...judged('keeps', 'whose time is to come', inTime),
  ...judged('deletes', 'whose time passed years ago', () => longAgo),
  ...judged('deletes', 'whose time is 0', () => '0'),
  ...judged('deletes', 'whose time has leading zeros, 18 digits in all', () => longAgo.padStart(18, '0')),
  ...judged('keeps', 'whose time has leading zeros, 19 digits in all', () => longAgo.padStart(19, '0')),
  ...judged('keeps', 'whose time has 18 digits', () => '9'.repeat(18)),
  ...judged('keeps', 'whose time is the largest there is', () => '9223372036854775807'),
  ...judged('keeps', 'whose time has 19 digits', () => '1000000000000000000'),
  ...judged('keeps', 'whose time has thirty digits', () => `1${'0'.repeat(29)}`),
  ...judged('keeps', 'whose time is NULL', () => null),
  ...judged('keeps', 'whose time is empty', () => ''),
  ...judged('keeps', 'whose time is -1', () => '-1'),
  ...judged('keeps', 'whose time has a sign', (m) => `+${pastMillisecond(m)}`),
  ...judged('keeps', 'whose time has a fraction', (m) => `${pastMillisecond(m)}.0`),
  ...judged('keeps', 'whose time has an exponent', () => '1e12'),
  ...judged('keeps', 'whose time is a word', () => 'never'),
  ...judged('keeps', 'whose time begins with a blank', (m) => ` ${pastMillisecond(m)}`),
  ...judged('keeps', 'whose time ends with a blank', (m) => `${pastMillisecond(m)} `),
  ...judged('keeps', 'whose time ends with a line feed', (m) => `${pastMillisecond(m)}\n`),
  ...judged('keeps', 'whose time is digits and letters', (m) => `${pastMillisecond(m)}x`),
  ...judged('keeps', 'whose time is a date', () => '2020-01-01 00:00:00'),
  ...['expiretime', 'EXPIRETIME', 'expireTime ', 'expireTimes', 'userId'].flatMap((name) =>
    perLayout(`keeps a resource whose time that passed is called '${name}'`, (layout) => ({
      rows: () => [...folder, ...code(layout, 5, longAgo, {}, name)],
      survivors: codesLeft([5]),
    })),
  ),
  ...perLayout('keeps a resource in the folder of codes without an expireTime', (layout) => ({
    rows: () => [
      ...folder,
      resource(5, { path: 1, name: 'notes' }),
      property(1, 'userId', longAgo),
      propertyLink(1, 1, hookOf(layout, 5, { path: 1, name: 'notes' })),
    ],
    survivors: { REG_RESOURCE: [`1/${home}`, `5/${home}`], REG_RESOURCE_PROPERTY: ['1'], REG_PROPERTY: [`1/${home}`] },
  })),
  {
    name: 'keeps a resource in the folder of codes without any property',
    rows: () => [...folder, resource(5, { path: 1, name: 'notes' })],
    survivors: { REG_RESOURCE: [`1/${home}`, `5/${home}`] },
  },
  ...perLayout('keeps a confirmation code that has another expireTime which is to come', (layout) => ({
    rows: (m) => [
      ...folder,
      ...code(layout, 5, longAgo),
      property(1, 'expireTime', inTime(m)),
      propertyLink(1, 1, hookOf(layout === 'name' ? 'version' : 'name', 5, { path: 1, name: 'code-5' })),
    ],
    survivors: {
      REG_RESOURCE: [`1/${home}`, `5/${home}`],
      REG_RESOURCE_PROPERTY: ['1', '51', '52'],
      REG_PROPERTY: [`1/${home}`, `51/${home}`, `52/${home}`],
    },
  })),
];

/** Paths besides the folder itself: whether codes in them count as such. */
const places: readonly (readonly [verb: 'keeps' | 'deletes', path: string])[] = [
  ['deletes', `${codesFolder}/domain`],
  ['deletes', `${codesFolder}/domain/deeper still`],
  ['deletes', `${codesFolder}/DOMAIN_%`],
  ['keeps', `${codesFolder}2`],
  ['keeps', `${codesFolder}-of-old/x`],
  ['keeps', `${codesFolder} `],
  ['keeps', `${codesFolder}.d`],
  ['keeps', `${codesFolder}\\x`],
  ['keeps', codesFolder.slice(0, -5)],
  ['keeps', codesFolder.slice(0, -1)],
  ['keeps', codesFolder.toUpperCase()],
  ['keeps', codesFolder.replace('identity.mgt', 'Identity.Mgt')],
  ['keeps', codesFolder.replaceAll('.', '_')],
  ['keeps', codesFolder.slice(1)],
  ['keeps', `/backup${codesFolder}/x`],
  ['keeps', codesFolder.replace('config', 'governance')],
];

const placeCases: readonly ScenarioCase[] = [
  ...places.flatMap(([verb, path]) =>
    perLayout(`${verb} what has expired in '${path}'`, (layout) => ({
      rows: () => [pathRow(1, path), resource(1, { path: 1 }), ...code(layout, 5, longAgo)],
      survivors: codesLeft(verb === 'keeps' ? [5] : []),
    })),
  ),
  ...[codesFolder, `${codesFolder}/domain`].flatMap((path) =>
    perLayout(`keeps the folder '${path}' itself, whatever its expireTime`, (layout) => ({
      rows: () => [
        pathRow(1, path),
        resource(1, { path: 1 }),
        property(1, 'expireTime', longAgo),
        propertyLink(1, 1, hookOf(layout, 1, { path: 1 })),
        ...code(layout, 5, longAgo),
      ],
      survivors: { REG_RESOURCE: [`1/${home}`], REG_RESOURCE_PROPERTY: ['1'], REG_PROPERTY: [`1/${home}`] },
    })),
  ),
  ...perLayout('deletes a confirmation code below a folder that is no resource', (layout) => ({
    rows: () => [...folder, pathRow(2, `${codesFolder}/domain`), ...code(layout, 5, longAgo, { path: 2 })],
    survivors: codesLeft([]),
  })),
  ...perLayout('keeps the confirmation code beside an expired one in the same folder', (layout) => ({
    rows: (m) => [...folder, ...code(layout, 5, longAgo), ...code(layout, 6, inTime(m)), ...code(layout, 7, longAgo)],
    survivors: codesLeft([6]),
  })),
  ...perLayout('keeps the confirmation code of the same name in another folder', (layout) => ({
    rows: (m) => [
      ...folder,
      pathRow(2, `${codesFolder}/domain`),
      ...code(layout, 5, longAgo, { name: 'same' }),
      ...code(layout, 6, inTime(m), { path: 2, name: 'same' }),
    ],
    survivors: codesLeft([6]),
  })),
  ...[
    ['in case', 'ABC'],
    ['in a trailing blank', 'abc '],
    ['in an accent', 'àbc'],
  ].flatMap(([how = '', name = '']) =>
    perLayout(`keeps the confirmation code whose name differs from an expired one's ${how}`, (layout) => ({
      rows: (m) => [...folder, ...code(layout, 5, longAgo, { name }), ...code(layout, 6, inTime(m), { name: 'abc' })],
      survivors: codesLeft([6]),
    })),
  ),
  ...perLayout('keeps each second of forty confirmation codes', (layout) => ({
    rows: (m) => [
      ...folder,
      ...Array.from({ length: 40 }, (_, at) => code(layout, at + 10, at % 2 === 0 ? inTime(m) : longAgo)).flat(),
    ],
    survivors: codesLeft(Array.from({ length: 20 }, (_, at) => 2 * at + 10)),
  })),
];

/** Confirmation codes by their time and their place. */
export const registryCodeCases: readonly ScenarioCase[] = [...timeCases, ...placeCases];
