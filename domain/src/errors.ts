/** Every problem the HTTP API answers with: status, title, and what to do about it. `docs/errors.md` lists the same codes. */
export const ERRORS = {
  'bad-request': {
    status: 400,
    title: 'The request is not valid',
    advice: 'Correct the named fields and send it again.',
  },
  'not-signed-in': { status: 401, title: 'You are not signed in', advice: 'Sign in and try again.' },
  'wrong-password': { status: 401, title: 'Name or password is wrong', advice: 'Check both and try again.' },
  'not-allowed': { status: 403, title: 'Your role may not do this', advice: 'Ask somebody whose role allows it.' },
  'cross-site': {
    status: 403,
    title: 'The request did not come from this site',
    advice: 'Send the header x-uptower: 1 with every change.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing, or it is not yours to see',
    advice: 'Check the address.',
  },
  'alert-already-cleared': { status: 409, title: 'The alert has already cleared', advice: 'Nothing needs to be done.' },
  'alert-already-acknowledged': {
    status: 409,
    title: 'The alert was already acknowledged',
    advice: 'See who did on the alert.',
  },
  'alert-not-shelved': { status: 409, title: 'The alert is not shelved', advice: 'Reload the alert.' },
  'alert-has-order': { status: 409, title: 'The alert already has an open work order', advice: 'Open that order.' },
  'shelve-until-past': { status: 400, title: 'The end of shelving lies in the past', advice: 'Choose a later time.' },
  'suppression-period': {
    status: 400,
    title: 'The suppression does not end in time',
    advice: 'Choose an end after its beginning and at most 366 days later.',
  },
  'suppression-ended': { status: 409, title: 'The suppression has already ended', advice: 'Nothing needs to be done.' },
  'order-wrong-state': {
    status: 409,
    title: 'The order is not in a state that allows this',
    advice: 'Reload the order.',
  },
  'order-not-yours': { status: 403, title: 'The visit belongs to another engineer', advice: 'Ask the dispatcher.' },
  'step-unknown': { status: 400, title: 'The order has no such step', advice: 'Reload the order.' },
  'step-already-done': { status: 409, title: 'The step was already completed', advice: 'Go on with the next one.' },
  'steps-missing': {
    status: 409,
    title: 'Not every step is done',
    advice: 'Complete the steps, or finish as "cannot finish" or "no fault found".',
  },
  'parts-were-used': {
    status: 409,
    title: 'Parts were used on this visit',
    advice: 'Finish it as repaired: whoever changed a part found something.',
  },
  'calendar-not-read': {
    status: 422,
    title: 'The calendar could not be read',
    advice: 'See why in the detail; what was read before stays in use.',
  },
  'no-import': {
    status: 409,
    title: 'No calendar with an address is imported for this engineer',
    advice: 'Set its address first.',
  },
  'calendars-changed': {
    status: 409,
    title: 'Calendars changed since the rota was proposed',
    advice: 'Ask for a new proposal: somebody has other shifts or is away by now.',
  },
  'proposal-not-open': {
    status: 409,
    title: 'The proposal is not open for a decision',
    advice: 'Reload the list of proposals.',
  },
  'part-not-in-van': { status: 409, title: 'The part is not in the van', advice: 'Check the van stock.' },
  'plan-breaks-rules': {
    status: 409,
    title: 'The plan would break a hard rule',
    advice: 'Look at the named violations and choose another engineer or time.',
  },
  'slot-gone': {
    status: 409,
    title: 'The time has been taken meanwhile',
    advice: 'Nothing was promised. Ask again: other times are offered.',
  },
  'slot-not-offered': {
    status: 409,
    title: 'This time is not on offer',
    advice: 'Offers stand for a quarter of an hour. Ask again and choose one of the times offered then.',
  },
  'version-conflict': { status: 409, title: 'Somebody else changed this meanwhile', advice: 'Reload and try again.' },
  'draft-stale': {
    status: 409,
    title: 'The draft was made from rules that are no longer active',
    advice: 'Rebase the draft on the active version and look at it again.',
  },
  'nothing-to-change': {
    status: 409,
    title: 'These are the rules that are active already',
    advice: 'Nothing needs to be done.',
  },
  'learned-in-use': {
    status: 409,
    title: 'Rules use this learned model',
    advice: 'Retire or change the rules that are named first.',
  },
  'device-credentials': {
    status: 401,
    title: "The device's name or secret is missing or wrong",
    advice: 'Send them as Basic authorization; `uptower connect` prints them.',
  },
  'foreign-device': {
    status: 403,
    title: 'This credential may not speak for that device',
    advice: "Use the device's own credential, or that of its site.",
  },
  'nothing-taken': {
    status: 400,
    title: 'Nothing of this was taken',
    advice: 'Correct what is named; the message is in quarantine.',
  },
  'unsupported-media': {
    status: 415,
    title: 'The body is of a kind that is not read here',
    advice: 'Send application/json, plain or with gzip.',
  },
  'not-stored': {
    status: 503,
    title: 'It could not be stored now',
    advice: 'Keep it and send it again; Retry-After says when.',
  },
  'too-large': { status: 413, title: 'The request is too large', advice: 'Send less at once.' },
  'too-many-requests': { status: 429, title: 'Too many requests', advice: 'Wait a minute and try again.' },
  internal: {
    status: 500,
    title: 'Something went wrong on the server',
    advice: 'Try again; the log holds the details.',
  },
  'store-unavailable': {
    status: 503,
    title: 'The store of readings does not answer',
    advice: 'Nothing is lost; try again when it is back.',
  },
  'not-ready': { status: 503, title: 'The service is still starting', advice: 'Try again in a few seconds.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** RFC 9457 problem details. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly advice: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}
