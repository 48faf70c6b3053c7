import { z } from 'zod';

export const peaks = z
  .object({
    /** The loudest of each of equal slices of the audio, in their order: 0 silence, 255 full scale. Empty where the audio cannot be read. */
    peaks: z.array(z.number().int().min(0).max(255)),
  })
  .meta({ id: 'Peaks' });
