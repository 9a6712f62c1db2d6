import { z } from 'zod';
import { Contract } from './contract.ts';
import { Fingerprint, Principal, usernameOf } from './credential.ts';
import { Device } from './device.ts';
import { DeviceModel } from './device-model.ts';
import { Engineer, Part } from './engineer.ts';
import { Hospital, Site } from './hospital.ts';
import type { ContractId, DeviceId, EngineerId, HospitalId, ModelId, PartId, SiteId } from './ids.ts';
import { Instant } from './time.ts';

/** Reference data: put once or replaced whole; the last put of an id holds. */
export const RegistryEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hospital.put'), hospital: Hospital }),
  z.strictObject({ type: z.literal('site.put'), site: Site }),
  z.strictObject({ type: z.literal('contract.put'), contract: Contract }),
  z.strictObject({ type: z.literal('model.put'), model: DeviceModel }),
  z.strictObject({ type: z.literal('device.put'), device: Device }),
  z.strictObject({ type: z.literal('engineer.put'), engineer: Engineer }),
  z.strictObject({ type: z.literal('part.put'), part: Part }),
  z.strictObject({
    type: z.literal('credential.issued'),
    username: z.string().min(1).max(128),
    principal: Principal,
    /** argon2id as a PHC string; in older records the SHA-256 of a random 192-bit secret, hex. */
    secretHash: z.string().min(1).max(255),
    at: Instant,
  }),
  /** The user name is out: its password and its certificates. */
  z.strictObject({ type: z.literal('credential.revoked'), username: z.string(), at: Instant }),
  z.strictObject({
    type: z.literal('certificate.registered'),
    fingerprint: Fingerprint,
    principal: Principal,
    at: Instant,
  }),
  z.strictObject({ type: z.literal('certificate.revoked'), fingerprint: Fingerprint, at: Instant }),
]);
export type RegistryEvent = z.infer<typeof RegistryEvent>;

/** What `PUT /api/v1/registry` takes: any part of the reference data at once. */
export const RegistryUpload = z.strictObject({
  hospitals: z.array(Hospital).max(5_000).default([]),
  sites: z.array(Site).max(10_000).default([]),
  contracts: z.array(Contract).max(10_000).default([]),
  models: z.array(DeviceModel).max(2_000).default([]),
  devices: z.array(Device).max(50_000).default([]),
  engineers: z.array(Engineer).max(5_000).default([]),
  parts: z.array(Part).max(50_000).default([]),
});
export type RegistryUpload = z.infer<typeof RegistryUpload>;

export interface Credential {
  readonly username: string;
  readonly principal: Principal;
  readonly secretHash: string;
}

/** A client certificate and who may use it. */
export interface Certificate {
  readonly fingerprint: Fingerprint;
  readonly principal: Principal;
}

/** Folded reference data; mutated in place by `applyRegistryEvent`, read-only for everybody else. */
export interface Registry {
  readonly hospitals: Map<HospitalId, Hospital>;
  readonly sites: Map<SiteId, Site>;
  readonly contracts: Map<ContractId, Contract>;
  readonly models: Map<ModelId, DeviceModel>;
  readonly devices: Map<DeviceId, Device>;
  readonly engineers: Map<EngineerId, Engineer>;
  readonly parts: Map<PartId, Part>;
  readonly credentials: Map<string, Credential>;
  readonly certificates: Map<Fingerprint, Certificate>;
  /** What was revoked and not issued or registered again: user names, and fingerprints of certificates. */
  readonly revoked: Set<string>;
}

export function emptyRegistry(): Registry {
  return {
    hospitals: new Map(),
    sites: new Map(),
    contracts: new Map(),
    models: new Map(),
    devices: new Map(),
    engineers: new Map(),
    parts: new Map(),
    credentials: new Map(),
    certificates: new Map(),
    revoked: new Set(),
  };
}

export function applyRegistryEvent(registry: Registry, event: RegistryEvent): void {
  switch (event.type) {
    case 'hospital.put':
      registry.hospitals.set(event.hospital.id, event.hospital);
      break;
    case 'site.put':
      registry.sites.set(event.site.id, event.site);
      break;
    case 'contract.put':
      registry.contracts.set(event.contract.id, event.contract);
      break;
    case 'model.put':
      registry.models.set(event.model.id, event.model);
      break;
    case 'device.put':
      registry.devices.set(event.device.id, event.device);
      break;
    case 'engineer.put':
      registry.engineers.set(event.engineer.id, event.engineer);
      break;
    case 'part.put':
      registry.parts.set(event.part.id, event.part);
      break;
    case 'credential.issued':
      registry.credentials.set(event.username, event);
      registry.revoked.delete(event.username);
      break;
    case 'credential.revoked':
      registry.credentials.delete(event.username);
      for (const { fingerprint, principal } of [...registry.certificates.values()])
        if (usernameOf(principal) === event.username) revokeCertificate(registry, fingerprint);
      registry.revoked.add(event.username);
      break;
    case 'certificate.registered':
      registry.certificates.set(event.fingerprint, event);
      registry.revoked.delete(event.fingerprint);
      registry.revoked.delete(usernameOf(event.principal));
      break;
    case 'certificate.revoked':
      revokeCertificate(registry, event.fingerprint);
      break;
  }
}

function revokeCertificate(registry: Registry, fingerprint: Fingerprint): void {
  registry.certificates.delete(fingerprint);
  registry.revoked.add(fingerprint);
}

export function isRegistryEvent(event: { readonly type: string }): event is RegistryEvent {
  return /^(hospital|site|contract|model|device|engineer|part)\.put$|^(credential|certificate)\./.test(event.type);
}

/** The events an upload stands for, in an order in which every reference is known before it is used. */
export function eventsOfUpload(upload: RegistryUpload): RegistryEvent[] {
  return [
    ...upload.hospitals.map((hospital) => ({ type: 'hospital.put' as const, hospital })),
    ...upload.sites.map((site) => ({ type: 'site.put' as const, site })),
    ...upload.contracts.map((contract) => ({ type: 'contract.put' as const, contract })),
    ...upload.models.map((model) => ({ type: 'model.put' as const, model })),
    ...upload.devices.map((device) => ({ type: 'device.put' as const, device })),
    ...upload.parts.map((part) => ({ type: 'part.put' as const, part })),
    ...upload.engineers.map((engineer) => ({ type: 'engineer.put' as const, engineer })),
  ];
}

/** Dangling references of an upload against what is known; empty when it may be taken. */
export function danglingReferences(registry: Registry, upload: RegistryUpload): string[] {
  const has = <T extends { id: string }>(known: ReadonlyMap<string, unknown>, added: readonly T[]) => {
    const ids = new Set(added.map((item) => item.id as string));
    return (id: string) => known.has(id) || ids.has(id);
  };
  const hospital = has(registry.hospitals, upload.hospitals);
  const site = has(registry.sites, upload.sites);
  const contract = has(registry.contracts, upload.contracts);
  const model = has(registry.models, upload.models);
  const part = has(registry.parts, upload.parts);
  const problems: string[] = [];
  const need = (found: boolean, path: string, id: string) => {
    if (!found) problems.push(`${path}: ${id} is not known`);
  };
  upload.sites.forEach((item, i) => {
    need(hospital(item.hospitalId), `sites[${i}].hospitalId`, item.hospitalId);
  });
  upload.contracts.forEach((item, i) => {
    need(hospital(item.hospitalId), `contracts[${i}].hospitalId`, item.hospitalId);
  });
  upload.devices.forEach((item, i) => {
    need(hospital(item.hospitalId), `devices[${i}].hospitalId`, item.hospitalId);
    need(site(item.siteId), `devices[${i}].siteId`, item.siteId);
    need(model(item.modelId), `devices[${i}].modelId`, item.modelId);
    need(contract(item.contractId), `devices[${i}].contractId`, item.contractId);
  });
  upload.models.forEach((item, i) => {
    const metrics = new Set(item.metrics.map((metric) => metric.key));
    const components = new Set(item.components.map((component) => component.key));
    const modes = new Set(item.failureModes.map((mode) => mode.key));
    item.failureModes.forEach((mode, j) => {
      need(components.has(mode.component), `models[${i}].failureModes[${j}].component`, mode.component);
      for (const id of mode.parts) need(part(id), `models[${i}].failureModes[${j}].parts`, id);
    });
    item.rules.forEach((rule, j) => {
      need(metrics.has(rule.metric), `models[${i}].rules[${j}].metric`, rule.metric);
      need(components.has(rule.component), `models[${i}].rules[${j}].component`, rule.component);
      need(modes.has(rule.failureMode), `models[${i}].rules[${j}].failureMode`, rule.failureMode);
    });
  });
  return problems;
}

/** Aliases of an upload by which two devices of one site would be meant; empty when it may be taken. */
export function aliasConflicts(registry: Registry, upload: RegistryUpload): string[] {
  const devices = new Map([...registry.devices, ...upload.devices.map((device) => [device.id, device] as const)]);
  const concerned = new Set(upload.devices.map((device) => device.siteId));
  /** Who answers to a name, by site. An id is a name too. */
  const holders = new Map<string, DeviceId>();
  const nameAt = (device: Device, name: string) => `${device.siteId} ${name}`;
  for (const device of devices.values())
    if (concerned.has(device.siteId)) holders.set(nameAt(device, device.id), device.id);
  const put = new Map(upload.devices.map((device, i) => [device.id, i]));
  // Those that are there come first: the fault is with what is added.
  const known = [...devices.values()].filter((device) => concerned.has(device.siteId) && !put.has(device.id));
  const problems: string[] = [];
  for (const device of [...known, ...upload.devices])
    for (const [j, alias] of (device.aliases ?? []).entries()) {
      const holder = holders.get(nameAt(device, alias));
      if (holder === undefined || holder === device.id) holders.set(nameAt(device, alias), device.id);
      else if (put.has(device.id))
        problems.push(`devices[${put.get(device.id)}].aliases[${j}]: "${alias}" already means ${holder} at this site`);
    }
  return problems;
}
