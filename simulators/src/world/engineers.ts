import { DAY, type Engineer, EngineerId, type Instant, type Shift, type SkillLevel } from '@uptower/domain';
import { KITS } from '../devices/catalogue.ts';

type Rota = 'day' | 'day-saturday' | 'evening' | 'weekend';

const span = (weekdays: readonly number[], fromHour: number, toHour: number): Shift[] =>
  weekdays.map((weekday) => ({ weekday, fromMinute: fromHour * 60, toMinute: toHour * 60 }));

/** The two evening rotas and the weekend rotas see to it that somebody works 07:00–22:00 every day. */
const ROTAS: Record<Rota, readonly Shift[]> = {
  day: span([1, 2, 3, 4, 5], 8, 18),
  'day-saturday': [...span([1, 2, 3, 4, 5], 7, 17), ...span([6], 8, 16)],
  evening: [...span([1, 2, 3, 4, 5], 13, 22), ...span([6, 7], 13, 22)],
  weekend: [...span([3, 4, 5], 8, 18), ...span([6, 7], 7, 17)],
};

interface EngineerRow {
  readonly key: string;
  readonly en: string;
  readonly zh: string;
  readonly lat: number;
  readonly lon: number;
  readonly rota: Rota;
  readonly skills: Readonly<Record<string, SkillLevel>>;
}

// biome-ignore format: one line an engineer reads as a table
const ROWS: readonly EngineerRow[] = [
  // Chengdu
  { key: 'li-wei', en: 'Li Wei', zh: '李伟', lat: 30.63, lon: 104.04, rota: 'day', skills: { mr: 3, ct: 2, dsa: 2 } },
  { key: 'zhang-min', en: 'Zhang Min', zh: '张敏', lat: 30.67, lon: 104.02, rota: 'day-saturday', skills: { ct: 3, xray: 3, dsa: 3, power: 2 } },
  { key: 'wang-fang', en: 'Wang Fang', zh: '王芳', lat: 30.67, lon: 104.11, rota: 'day', skills: { ultrasound: 3, ventilator: 3, lab: 2, it: 2 } },
  { key: 'chen-jie', en: 'Chen Jie', zh: '陈杰', lat: 30.7, lon: 103.86, rota: 'weekend', skills: { it: 3, power: 3, lab: 3, ventilator: 2, xray: 2 } },
  { key: 'liu-yang', en: 'Liu Yang', zh: '刘洋', lat: 30.7, lon: 104.06, rota: 'evening', skills: { mr: 2, ct: 2, dsa: 2, xray: 2, ventilator: 2, ultrasound: 2, power: 2, it: 2 } },
  // Chongqing
  { key: 'zhao-lei', en: 'Zhao Lei', zh: '赵磊', lat: 29.55, lon: 106.47, rota: 'day', skills: { mr: 3, ct: 3, dsa: 2 } },
  { key: 'huang-li', en: 'Huang Li', zh: '黄丽', lat: 29.55, lon: 106.57, rota: 'day-saturday', skills: { ultrasound: 3, ventilator: 3, lab: 3, it: 2, power: 2 } },
  { key: 'zhou-tao', en: 'Zhou Tao', zh: '周涛', lat: 29.52, lon: 106.55, rota: 'day', skills: { dsa: 3, ct: 2, xray: 3 } },
  { key: 'wu-gang', en: 'Wu Gang', zh: '吴刚', lat: 29.6, lon: 106.55, rota: 'weekend', skills: { it: 3, power: 3, xray: 2, ct: 2 } },
  { key: 'xu-jing', en: 'Xu Jing', zh: '徐静', lat: 29.53, lon: 106.5, rota: 'evening', skills: { ventilator: 3, mr: 2, ct: 2, dsa: 2, lab: 2, it: 2, ultrasound: 2 } },
  // Regions
  { key: 'sun-bo', en: 'Sun Bo', zh: '孙波', lat: 31.47, lon: 104.73, rota: 'day', skills: { mr: 2, ct: 3, lab: 3, xray: 2, dsa: 2, ultrasound: 2 } },
  { key: 'ma-chao', en: 'Ma Chao', zh: '马超', lat: 30.8, lon: 106.09, rota: 'day', skills: { mr: 3, ct: 2, ultrasound: 2, ventilator: 2, dsa: 2, xray: 2 } },
  { key: 'zhu-hong', en: 'Zhu Hong', zh: '朱红', lat: 28.9, lon: 105.44, rota: 'day-saturday', skills: { mr: 2, ct: 3, dsa: 3, xray: 2, lab: 2 } },
  { key: 'hu-jun', en: 'Hu Jun', zh: '胡军', lat: 29.34, lon: 104.78, rota: 'day', skills: { ultrasound: 2, ventilator: 2, lab: 2, power: 2, it: 2 } },
  { key: 'guo-qiang', en: 'Guo Qiang', zh: '郭强', lat: 29.58, lon: 103.76, rota: 'day', skills: { ct: 2, xray: 2, ultrasound: 2, lab: 2, mr: 2, ventilator: 2 } },
  { key: 'he-ping', en: 'He Ping', zh: '何平', lat: 30.8, lon: 108.38, rota: 'day-saturday', skills: { mr: 2, ct: 2, dsa: 2, ventilator: 3, lab: 2, ultrasound: 2, it: 2, power: 2 } },
  { key: 'lin-hao', en: 'Lin Hao', zh: '林浩', lat: 31.2, lon: 107.47, rota: 'day', skills: { ct: 2, xray: 2, ultrasound: 2, ventilator: 2, it: 2, power: 2, lab: 2, mr: 2 } },
  { key: 'gao-feng', en: 'Gao Feng', zh: '高峰', lat: 29.7, lon: 107.38, rota: 'weekend', skills: { ct: 2, xray: 2, ultrasound: 2, ventilator: 2, lab: 2, power: 2, it: 2, mr: 2 } },
];

/** Local midnight of new year 2025. */
const NEW_YEAR_2025 = 1_735_660_800_000;

/** Each engineer is away a week every half year, spread by place in the table. */
function absencesOf(index: number): { from: Instant; to: Instant }[] {
  return Array.from({ length: 10 }, (_, half) => {
    const from = NEW_YEAR_2025 + (half * 182 + 21 + index * 9) * DAY;
    return { from, to: from + 7 * DAY };
  });
}

/** Nobody of this crew is on leave while the first stories are told: the demo starts on any working day. */
const NEVER_AWAY = new Set(['li-wei', 'zhao-lei', 'zhou-tao', 'sun-bo', 'he-ping', 'huang-li']);

/** The crew. Each van carries the parts of every failure mode its engineer may work on: two of each, one of the heavy ones. */
export function engineers(): Engineer[] {
  return ROWS.map((row, index) => {
    const modes = KITS.flatMap((kit) => kit.modes).filter(
      ({ mode }) => (row.skills[mode.skill.name] ?? 0) >= mode.skill.level,
    );
    return {
      id: EngineerId.parse(`eng_${row.key}`),
      name: { en: row.en, zh: row.zh },
      home: { lat: row.lat, lon: row.lon },
      timeZone: 'Asia/Shanghai',
      skills: Object.entries(row.skills).map(([name, level]) => ({ name, level })),
      shifts: [...ROTAS[row.rota]],
      absences: NEVER_AWAY.has(row.key) ? [] : absencesOf(index),
      vanStock: Object.fromEntries(
        modes.flatMap(({ mode }) => mode.parts.map((part) => [part, mode.serviceMinutes >= 150 ? 1 : 3])),
      ),
    };
  });
}
