import { type LocalText, type Part, PartId } from '@uptower/domain';

const part = (key: string, yuan: number, en: string, zh: string): Part => ({
  id: PartId.parse(`prt_${key}`),
  name: { en, zh } satisfies LocalText,
  unitCost: yuan * 100,
});

/** What the failure modes of the models ask for. Prices are of the right order, in fen. */
export const PARTS: readonly Part[] = [
  part('cold-head', 165_000, 'Cold head', '冷头'),
  part('helium-seal-kit', 2_400, 'Helium seal kit', '氦密封件包'),
  part('water-strainer', 180, 'Water strainer', '水路滤网'),
  part('water-pump', 5_200, 'Water pump cartridge', '水泵组件'),
  part('rf-module', 38_000, 'RF output module', '射频输出模块'),
  part('oil-pump', 9_800, 'Tube oil pump', '球管油泵'),
  part('heat-exchanger-filter', 420, 'Heat exchanger filter', '散热器滤网'),
  part('ct-tube', 680_000, 'CT tube', 'CT 球管'),
  part('bearing-grease-kit', 1_100, 'Bearing grease kit', '轴承润滑包'),
  part('drive-belt', 3_600, 'Gantry drive belt', '机架驱动皮带'),
  part('inverter-module', 54_000, 'Inverter module', '逆变模块'),
  part('coolant-pump', 7_600, 'Coolant pump', '冷却泵'),
  part('hv-tank', 86_000, 'High-voltage tank', '高压油箱'),
  part('detector-fan', 460, 'Detector fan', '探测器风扇'),
  part('convex-probe', 42_000, 'Convex probe', '凸阵探头'),
  part('power-fan', 260, 'Power unit fan', '电源风扇'),
  part('flow-sensor', 3_900, 'Flow sensor', '流量传感器'),
  part('blower', 12_500, 'Ventilator blower', '呼吸机涡轮'),
  part('vent-battery', 2_800, 'Ventilator battery', '呼吸机电池'),
  part('photometer-lamp', 950, 'Photometer lamp', '光度计灯'),
  part('pump-seal-kit', 680, 'Pump seal kit', '泵密封件包'),
  part('peltier-module', 1_900, 'Peltier module', '帕尔贴模块'),
  part('disk-16tb', 2_600, 'Disk 16 TB', '16 TB 磁盘'),
  part('ups-battery', 4_800, 'UPS battery string', 'UPS 电池组'),
];
