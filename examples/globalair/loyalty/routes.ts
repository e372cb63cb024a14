import { defineRoute } from 'millrace/contracts';

export const getPoints = defineRoute('GET /customers/{customerId}/points', { summary: 'The loyalty points of a customer' });
