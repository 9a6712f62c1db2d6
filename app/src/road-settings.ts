import { osrmService, type TableService, valhallaService } from '@uptower/dispatch';
import { z } from 'zod';

/** Who knows the roads; docs/dispatch.md says what is asked. Without one travel times are estimated. */
export const roadSettings = {
  roadService: z.enum(['osrm', 'valhalla']).optional(),
  roadServiceUrl: z
    .string()
    .regex(/^https?:\/\/[^\s]+$/, 'an address like http://localhost:5000')
    .optional(),
  /** OSRM's profile (`driving`) or Valhalla's costing (`auto`). */
  roadProfile: z
    .string()
    .regex(/^[a-z0-9_-]{1,40}$/i, 'letters, digits, _ and -')
    .optional(),
};

type Settings = z.infer<z.ZodObject<typeof roadSettings>>;

export function roadProblems({ roadService, roadServiceUrl, roadProfile }: Settings): string[] {
  if (roadService && !roadServiceUrl)
    return [`roadService: ${roadService} needs roadServiceUrl, the address of its server`];
  if (!roadService && (roadServiceUrl || roadProfile)) return ['roadService: say which kind it is: osrm or valhalla'];
  return [];
}

export function roadServiceOf({ roadService, roadServiceUrl, roadProfile }: Settings): TableService | undefined {
  if (!roadService || !roadServiceUrl) return undefined;
  return roadService === 'osrm'
    ? osrmService(roadServiceUrl, roadProfile)
    : valhallaService(roadServiceUrl, roadProfile);
}
