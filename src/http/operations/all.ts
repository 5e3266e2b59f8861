// Every call of the interface, in the order of its description and of its routes: a fixed path stands before one with a parameter in its place.
import { agencyOperations } from './agency.ts';
import { auditorOperations } from './auditor.ts';
import { dossierOperations } from './dossiers.ts';
import { eventOperations } from './events.ts';
import { healthOperations } from './health.ts';
import { descriptionOperation } from './description.ts';
import { logOperations } from './log.ts';
import { noticeOperations } from './notices.ts';
import type { Operation } from './operation.ts';
import { operatorMessageOperations } from './operator-agency-messages.ts';
import { contractOperations } from './operator-contracts.ts';
import { operatorDeliveryOperations } from './operator-deliveries.ts';
import { operatorErasureOperations } from './operator-erasures.ts';
import { outageOperations } from './outages.ts';
import { operatorRegistrationOperations } from './operator-registrations.ts';
import { registrationOperations } from './registrations.ts';
import { standardOperations } from './standard.ts';
import { mailOperations, webhookOperations } from './subscriptions.ts';

export const operations: readonly Operation[] = [
  ...dossierOperations,
  ...noticeOperations,
  ...logOperations,
  ...eventOperations,
  ...webhookOperations,
  ...mailOperations,
  ...registrationOperations,
  ...agencyOperations,
  ...standardOperations,
  descriptionOperation(() => operations),
  ...auditorOperations,
  ...contractOperations,
  ...operatorRegistrationOperations,
  ...operatorDeliveryOperations,
  ...operatorMessageOperations,
  ...operatorErasureOperations,
  ...outageOperations,
  ...healthOperations,
];
