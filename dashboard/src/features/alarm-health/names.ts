import { useTranslation } from 'react-i18next';
import { useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { useModels } from '../../shared/ui/names.ts';

/** A component of a device in the reader's language; of presence, what it is about. */
export function useComponentName(): (deviceId: string, component: string) => string {
  const { t } = useTranslation();
  const text = useText();
  const devices = useCollection('devices').items;
  const models = useModels();
  return (deviceId, component) => {
    const model = models.get(devices.get(deviceId)?.modelId ?? '');
    const found = model?.components.find(({ key }) => key === component);
    return found ? text(found.name) : t(`health.component.${component}`, { defaultValue: component });
  };
}
