import { X509Certificate } from 'node:crypto';
import {
  buildTopic,
  type Contract,
  type CredentialView,
  DeviceId,
  type DeviceModel,
  type Hospital,
  type IssuedCredential,
  RegistryUpload,
  type Site,
  type SiteId,
} from '@uptower/domain';
import { type Runtime, shownHostOf, urlHost, wallClock } from '@uptower/platform';
import { type ApiClient, apiClient, CommandFailed, requireRunning } from './api-client.ts';
import { issueClientCertificate } from './tls.ts';

interface KnownRegistry {
  readonly hospitals: readonly Hospital[];
  readonly sites: readonly Site[];
  readonly contracts: readonly Contract[];
  readonly models: readonly DeviceModel[];
}

export interface ConnectOptions {
  readonly dataDir: string;
  readonly model?: string;
  readonly site?: string;
  readonly name?: string;
  /** What others call it: Sparkplug, ThingsBoard, line protocol. */
  readonly alias?: readonly string[];
  readonly renew?: boolean;
  /** A client certificate instead of a password. */
  readonly certificate?: boolean;
  readonly json?: boolean;
}

/** Reference data for the first device of an empty installation. */
const FIRST: Partial<RegistryUpload> = RegistryUpload.parse({
  hospitals: [{ id: 'hos_my-hospital', name: { en: 'My hospital', zh: '我的医院' } }],
  sites: [
    {
      id: 'site_my-hospital',
      hospitalId: 'hos_my-hospital',
      name: { en: 'Main building', zh: '主楼' },
      place: { lat: 29.563, lon: 106.551 },
      timeZone: 'Asia/Shanghai',
      access: { fromMinute: 0, toMinute: 1440 },
    },
  ],
});

/** A model that promises nothing: whatever the device sends is kept and drawn. */
const GENERIC = {
  id: 'mdl_generic',
  kind: 'other',
  name: { en: 'Generic device', zh: '通用设备' },
  metrics: [],
  components: [],
  failureModes: [],
  rules: [],
  reportingIntervalSeconds: null,
};

async function registerDevice(api: ApiClient, device: string, options: ConnectOptions): Promise<SiteId> {
  const known = await api.get<KnownRegistry>('/registry');
  const existing = (await api.get<{ id: string; siteId: SiteId }[]>('/devices')).find(({ id }) => id === device);
  if (existing && !options.renew)
    throw new CommandFailed(
      `${device} is already known; --renew gives it a new credential, and its old one stops working`,
    );
  if (existing) return existing.siteId;
  if (options.site && !known.sites.some((site) => site.id === options.site))
    throw new CommandFailed(
      `there is no site ${options.site}; known are ${known.sites.map((site) => site.id).join(', ')}`,
    );
  if (options.model && !known.models.some((model) => model.id === options.model))
    throw new CommandFailed(
      `there is no model ${options.model}; known are ${known.models.map((model) => model.id).join(', ')}`,
    );
  const added = known.sites.length === 0 ? FIRST : {};
  const site = [...known.sites, ...(added.sites ?? [])].find((item) => !options.site || item.id === options.site);
  if (!site) throw new CommandFailed('there is no site to put the device at');
  const contract = known.contracts.find((item) => item.hospitalId === site.hospitalId);
  const newContract = {
    id: `ctr_${site.hospitalId.slice(4)}`,
    hospitalId: site.hospitalId,
    name: { en: 'Standard', zh: '标准' },
    uptimeTarget: 0.95,
    partialWeight: 0.5,
    downHourCost: 0,
    responseHours: { P1: 4, P2: 8, P3: 24 },
    resolutionHours: { P1: 24, P2: 48, P3: 120 },
  };
  const name = options.name ?? device.slice('dev_'.length);
  await api.put(
    '/registry',
    RegistryUpload.parse({
      ...added,
      contracts: contract ? [] : [newContract],
      models: options.model ? [] : [GENERIC],
      devices: [
        {
          id: device,
          siteId: site.id,
          hospitalId: site.hospitalId,
          modelId: options.model ?? GENERIC.id,
          contractId: contract?.id ?? newContract.id,
          name: { en: name, zh: name },
          serial: device.slice('dev_'.length),
          room: { en: 'Not set', zh: '未填写' },
          service: 'full',
          ...(options.alias ? { aliases: [...options.alias] } : {}),
        },
      ],
    }),
  );
  return site.id;
}

/** `uptower connect`: makes sure the device is known, gives it a fresh credential, prints what it needs to publish. */
export async function connect(device: string, options: ConnectOptions): Promise<string> {
  if (device.startsWith('site_')) return connectSite(device, options);
  const id = DeviceId.safeParse(device.startsWith('dev_') ? device : `dev_${device}`);
  if (!id.success) throw new CommandFailed(`"${device}": ${id.error.issues[0]?.message}`);
  const runtime = requireRunning(options.dataDir);
  const api = apiClient(runtime);
  const siteId = await registerDevice(api, id.data, options);
  if (runtime.externalBroker) return elsewhere(runtime.externalBroker, siteId, id.data, options);
  if (options.certificate) return byCertificate(runtime, api, siteId, id.data, options);
  const [credential] = await api.post<IssuedCredential[]>('/credentials', { devices: [id.data] });
  if (!credential) throw new CommandFailed('the server gave no credential');
  const topic = buildTopic({ siteId, deviceId: id.data, channel: 'telemetry' });
  const host = shownHostOf(runtime);
  const web = `http://${urlHost(host)}:${runtime.webPort}`;
  const page = `${web}/devices/${id.data}`;
  const payload = JSON.stringify({ values: { temperature: 36.5 } });
  const line = `mosquitto_pub -h ${host} -p ${runtime.mqttPort} -i ${id.data} -u ${credential.username} -P ${credential.password} -q 1 -t ${topic} -m '${payload}'`;
  const httpLine = `curl -i -u ${credential.username}:${credential.password} -H 'content-type: application/json' -d '${payload}' ${web}/api/v1/telemetry`;
  if (options.json)
    return JSON.stringify({ ...credential, topic, host, port: runtime.mqttPort, page, line, httpLine }, null, 2);
  return `${id.data} may now publish. Its credential is shown only this once.

  broker     ${urlHost(host)}:${runtime.mqttPort}   (MQTT 3.1.1, QoS 1: the acknowledgement means "stored")
  user name  ${credential.username}
  password   ${credential.password}
  topic      ${topic}
  payload    {"values":{"<metric>":<number>}}   optional: "ts" (ms since 1970, else the time of receipt), "seq" (counts up)

Try it (mosquitto_pub is in Debian's mosquitto-clients), then watch ${page}

  ${line}

or over HTTP, where 204 means "stored"

  ${httpLine}
`;
}

/** A site's gateway speaks for every device of the site: native, as a Sparkplug node, or as a ThingsBoard gateway. */
async function connectSite(site: string, { dataDir, renew, json }: ConnectOptions): Promise<string> {
  const runtime = requireRunning(dataDir);
  const api = apiClient(runtime);
  const { sites } = await api.get<KnownRegistry>('/registry');
  if (!sites.some(({ id }) => id === site))
    throw new CommandFailed(`there is no site ${site}; known are ${sites.map(({ id }) => id).join(', ') || 'none'}`);
  const held = await api.get<CredentialView[]>('/credentials');
  if (!renew && held.some(({ username, hasPassword }) => username === site && hasPassword))
    throw new CommandFailed(`${site} has a credential; --renew gives it a new one, and its old one stops working`);
  const [credential] = await api.post<IssuedCredential[]>('/credentials', { sites: [site] });
  if (!credential) throw new CommandFailed('the server gave no credential');
  const host = shownHostOf(runtime);
  if (json) return JSON.stringify({ ...credential, host, port: runtime.mqttPort }, null, 2);
  return `The gateway of ${site} may now publish for its devices. Its credential is shown only this once.

  broker     ${urlHost(host)}:${runtime.mqttPort}   (MQTT 3.1.1, QoS 1: the acknowledgement means "stored")
  user name  ${credential.username}
  password   ${credential.password}
`;
}

/** Makes the device a key and certificate, and registers it; TLS only. */
async function byCertificate(
  runtime: Runtime,
  api: ApiClient,
  siteId: SiteId,
  deviceId: DeviceId,
  options: ConnectOptions,
): Promise<string> {
  if (runtime.mqttsPort === undefined)
    throw new CommandFailed('TLS is off: run "npx uptower tls init", then start Uptower anew');
  const files = await issueClientCertificate(options.dataDir, deviceId, wallClock().now());
  const { fingerprint256: fingerprint, validTo } = new X509Certificate(files.pem);
  await api.post('/certificates', { deviceId, fingerprint });
  const topic = buildTopic({ siteId, deviceId, channel: 'telemetry' });
  const payload = JSON.stringify({ values: { temperature: 36.5 } });
  const host = shownHostOf(runtime);
  const line = `mosquitto_pub -h ${host} -p ${runtime.mqttsPort} --cafile ${files.caCert} --cert ${files.cert} --key ${files.key} -i ${deviceId} -q 1 -t ${topic} -m '${payload}'`;
  if (options.json) return JSON.stringify({ deviceId, siteId, topic, fingerprint, ...files, line }, null, 2);
  return `${deviceId} may now publish with its certificate, valid until ${validTo}; no user name and no password.

  broker       ${urlHost(host)}:${runtime.mqttsPort}   (MQTT 3.1.1 over TLS)
  certificate  ${files.cert}
  key          ${files.key}
  authority    ${files.caCert}
  fingerprint  ${fingerprint}   (DELETE /api/v1/certificates/… ends it)

Try it

  ${line}
`;
}

/** Another broker takes the messages: it has its own passwords, so none is made here. */
function elsewhere(broker: string, siteId: SiteId, deviceId: DeviceId, { json }: ConnectOptions): string {
  const topic = buildTopic({ siteId, deviceId, channel: 'telemetry' });
  const { hostname, port } = new URL(broker);
  const payload = JSON.stringify({ values: { temperature: 36.5 } });
  const at = `-h ${hostname}${port ? ` -p ${port}` : ''}`;
  const line = `mosquitto_pub ${at} -i ${deviceId} -q 1 -t ${topic} -m '${payload}'`;
  if (json) return JSON.stringify({ deviceId, siteId, topic, broker, line }, null, 2);
  return `${deviceId} is known now. Messages come from ${broker}, which has its own user names and passwords:
give the device one there, with the right to publish below

  ${topic.slice(0, topic.lastIndexOf('/'))}/

Try it (add -u and -P as that broker wants them)

  ${line}
`;
}
