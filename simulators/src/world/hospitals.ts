import type { LocalText } from '@uptower/domain';

/** `XL` teaching hospital, `L` regional centre, `M` city hospital, `S` district hospital: decides fleet, hours and contract. */
export type HospitalSize = 'XL' | 'L' | 'M' | 'S';

export interface HospitalRow {
  readonly key: string;
  readonly name: LocalText;
  readonly size: HospitalSize;
  /** WGS-84, to about 0.01° (a kilometre). */
  readonly lat: number;
  readonly lon: number;
}

const row = (key: string, size: HospitalSize, lat: number, lon: number, en: string, zh: string): HospitalRow => ({
  key,
  size,
  lat,
  lon,
  name: { en, zh },
});

/**
 * 24 public hospitals that exist, with where they are. Everything else about them here (equipment, contracts, faults) is
 * invented.
 */
export const HOSPITALS: readonly HospitalRow[] = [
  row('huaxi', 'XL', 30.64, 104.06, 'West China Hospital, Sichuan University', '四川大学华西医院'),
  row('shengyi', 'XL', 30.66, 104.04, "Sichuan Provincial People's Hospital", '四川省人民医院'),
  row(
    'chongyi1',
    'XL',
    29.54,
    106.51,
    'First Affiliated Hospital, Chongqing Medical University',
    '重庆医科大学附属第一医院',
  ),
  row('xinan', 'XL', 29.55, 106.46, 'Southwest Hospital, Chongqing', '陆军军医大学西南医院'),
  row('xinqiao', 'L', 29.52, 106.44, 'Xinqiao Hospital, Chongqing', '陆军军医大学新桥医院'),
  row(
    'chongyi2',
    'L',
    29.56,
    106.58,
    'Second Affiliated Hospital, Chongqing Medical University',
    '重庆医科大学附属第二医院',
  ),
  row('wanzhou', 'L', 30.81, 108.39, 'Three Gorges Hospital, Chongqing University, Wanzhou', '重庆大学附属三峡医院'),
  row('mianyang', 'L', 31.46, 104.74, 'Mianyang Central Hospital', '绵阳市中心医院'),
  row(
    'luzhou',
    'L',
    28.89,
    105.45,
    'Affiliated Hospital, Southwest Medical University, Luzhou',
    '西南医科大学附属医院',
  ),
  row(
    'nanchong',
    'L',
    30.79,
    106.08,
    'Affiliated Hospital, North Sichuan Medical College, Nanchong',
    '川北医学院附属医院',
  ),
  row('chengdu3', 'M', 30.67, 104.06, "Chengdu Third People's Hospital", '成都市第三人民医院'),
  row('fuling', 'M', 29.71, 107.39, 'Fuling Hospital, Chongqing University', '重庆大学附属涪陵医院'),
  row('yongchuan', 'M', 29.36, 105.93, 'Yongchuan Hospital, Chongqing Medical University', '重庆医科大学附属永川医院'),
  row('yibin', 'M', 28.77, 104.62, "Yibin First People's Hospital", '宜宾市第一人民医院'),
  row('dazhou', 'M', 31.21, 107.5, 'Dazhou Central Hospital', '达州市中心医院'),
  row('leshan', 'M', 29.57, 103.76, "Leshan People's Hospital", '乐山市人民医院'),
  row('zigong', 'M', 29.35, 104.77, "Zigong First People's Hospital", '自贡市第一人民医院'),
  row('deyang', 'M', 31.13, 104.4, "Deyang People's Hospital", '德阳市人民医院'),
  row('qianjiang', 'S', 29.53, 108.77, 'Qianjiang Central Hospital, Chongqing', '重庆市黔江中心医院'),
  row('jiangjin', 'S', 29.29, 106.26, 'Jiangjin Central Hospital, Chongqing', '重庆市江津区中心医院'),
  row('wenjiang', 'S', 30.7, 103.84, "Chengdu Fifth People's Hospital, Wenjiang", '成都市第五人民医院'),
  row('guangan', 'S', 30.47, 106.64, "Guang'an People's Hospital", '广安市人民医院'),
  row('suining', 'S', 30.51, 105.58, 'Suining Central Hospital', '遂宁市中心医院'),
  row('yaan', 'S', 29.98, 103.0, "Ya'an People's Hospital", '雅安市人民医院'),
];

interface SizeTerms {
  readonly uptimeTarget: number;
  readonly partialWeight: number;
  /** Fen an hour. */
  readonly downHourCost: number;
  readonly access: { readonly fromMinute: number; readonly toMinute: number };
  readonly responseHours: { readonly P1: number; readonly P2: number; readonly P3: number };
  readonly resolutionHours: { readonly P1: number; readonly P2: number; readonly P3: number };
  readonly contract: LocalText;
}

/** Contract terms by size: bigger houses lose more an hour and buy faster answers. */
export const TERMS: Record<HospitalSize, SizeTerms> = {
  XL: {
    uptimeTarget: 0.99,
    partialWeight: 0.5,
    downHourCost: 800_000,
    access: { fromMinute: 0, toMinute: 1440 },
    responseHours: { P1: 4, P2: 12, P3: 48 },
    resolutionHours: { P1: 12, P2: 36, P3: 96 },
    contract: { en: 'Platinum uptime contract', zh: '白金开机率合同' },
  },
  L: {
    uptimeTarget: 0.98,
    partialWeight: 0.5,
    downHourCost: 500_000,
    access: { fromMinute: 420, toMinute: 1320 },
    responseHours: { P1: 6, P2: 24, P3: 72 },
    resolutionHours: { P1: 24, P2: 48, P3: 120 },
    contract: { en: 'Gold uptime contract', zh: '金牌开机率合同' },
  },
  M: {
    uptimeTarget: 0.97,
    partialWeight: 0.4,
    downHourCost: 300_000,
    access: { fromMinute: 450, toMinute: 1200 },
    responseHours: { P1: 8, P2: 24, P3: 72 },
    resolutionHours: { P1: 24, P2: 72, P3: 144 },
    contract: { en: 'Silver uptime contract', zh: '银牌开机率合同' },
  },
  S: {
    uptimeTarget: 0.95,
    partialWeight: 0.3,
    downHourCost: 150_000,
    access: { fromMinute: 480, toMinute: 1080 },
    responseHours: { P1: 12, P2: 36, P3: 96 },
    resolutionHours: { P1: 48, P2: 96, P3: 168 },
    contract: { en: 'Basic uptime contract', zh: '基础开机率合同' },
  },
};

/** Devices by size and model code; with 4 XL, 6 L, 8 M and 6 S houses this makes 220. Two S houses have no archive. */
export const FLEET: Record<HospitalSize, Readonly<Record<string, number>>> = {
  XL: { mr: 2, ct: 2, dsa: 2, dr: 2, us: 3, vent: 3, lab: 1, pacs: 1 },
  L: { mr: 1, ct: 2, dsa: 1, dr: 1, us: 2, vent: 2, lab: 1, pacs: 1 },
  M: { mr: 1, ct: 1, dr: 1, us: 1, vent: 1, lab: 1, pacs: 1 },
  S: { ct: 1, dr: 1, us: 1, vent: 1, lab: 1, pacs: 1 },
};
export const WITHOUT_ARCHIVE: ReadonlySet<string> = new Set(['guangan', 'yaan']);
