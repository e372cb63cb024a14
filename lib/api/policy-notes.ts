import { CfnMethod, type IAuthorizer, type Method, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { acknowledge } from '../shared/index.ts';
import type { ApiProps } from './api-props.ts';

/** Why the parts of an API that checks frown upon are as they are. What a stack has not decided, it still has to. */
export function explainApi(api: RestApi, props: ApiProps): void {
  if (props.validation !== 'edge') {
    acknowledge(api, {
      'AwsSolutions-APIG2': "Requests are checked in the function, by the route's contract, which names every field that is wrong.",
    });
  }
  if (props.webAclArn === undefined) {
    acknowledge(api, { 'AwsSolutions-APIG3': 'A web ACL has its price and its rules: webAclArn names it where there is one.' });
  }
  acknowledge(api, {
    'AwsSolutions-APIG6':
      'The access log has a line for each request and the functions have logs of their own. Execution logs go to a group that no stack owns, kept for ever.',
  });
  for (const node of api.node.findAll()) {
    // What the gateway answers by itself, from a constant.
    if (node instanceof CfnMethod && isMock(node)) {
      acknowledge(node, {
        'AwsSolutions-APIG4': 'It says what is not here, to anybody.',
        'AwsSolutions-COG4': 'It says what is not here, to anybody.',
      });
    }
  }
}

/** Why a route is open, or has an authorizer that is not Cognito's; nothing when nobody has said who may call it. */
export function explainRoute(method: Method, authorizer: IAuthorizer | 'none' | undefined): void {
  if (authorizer === undefined) return;
  if (authorizer === 'none') acknowledge(method, { 'AwsSolutions-APIG4': 'The route is declared to be open to anybody.' });
  acknowledge(method, { 'AwsSolutions-COG4': 'Who may call the route is declared with it.' });
}

function isMock({ integration }: CfnMethod): boolean {
  return typeof integration === 'object' && 'type' in integration && integration.type === 'MOCK';
}
