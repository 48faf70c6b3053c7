/** Who calls where the house itself does. */
export const houseName = 'GoSIP';
