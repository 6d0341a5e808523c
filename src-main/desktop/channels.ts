/** Two channels carry the whole contract. */
export const invokeChannel = 'numberdesk:invoke';
export const eventChannel = 'numberdesk:event';
