import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { Consumer, EventBus, HandlerFunction, Outbox, Saga, toQueue } from 'millrace';
import { OrderConfirmed, OrderPlaced } from './events.ts';
import { Existing } from './existing.ts';

/** A shop's own stack, with an outbox over its table, a consumer of its queue and a saga, on its bus and in its VPC. */
export class ShopStack extends Stack {
  readonly existing = new Existing(this, 'Existing');

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { bus: eventBus, orders: table, packing: queue, warehouse } = this.existing;
    const [place, reserve, confirm] = [this.#handler('place'), this.#handler('reserve'), this.#handler('confirm')];
    const [cancel, pack] = [this.#handler('cancel'), this.#handler('pack')];

    const bus = new EventBus(this, 'Events', { eventBus });
    const orders = new Outbox(this, 'Orders', { bus, table });
    for (const fn of [place, confirm, cancel]) orders.grantCommit(fn);
    for (const fn of [reserve, pack]) warehouse.grantWriteData(fn);

    new Consumer(this, 'Packing', { handler: pack, queue });
    bus.route(OrderConfirmed, toQueue(queue));

    const saga = new Saga(this, 'Order', {
      steps: [
        { name: 'reserve', kind: 'compensatable', handler: reserve },
        { name: 'confirm', kind: 'pivot', handler: confirm },
      ],
      onCompensated: cancel,
    });
    saga.startOn(bus, OrderPlaced);

    new CfnOutput(this, 'Place', { value: place.functionName });
    new CfnOutput(this, 'OrdersTable', { value: table.tableName });
    new CfnOutput(this, 'WarehouseTable', { value: warehouse.tableName });
    new CfnOutput(this, 'AccountingQueue', { value: this.existing.accounting.queueUrl });
    new CfnOutput(this, 'OrderSaga', { value: saga.stateMachine.stateMachineArn });
  }

  /** `handlers/NAME.ts` as a function in the shop's VPC. */
  #handler(name: string): HandlerFunction {
    return new HandlerFunction(this, name, {
      entry: new URL(`./handlers/${name}.ts`, import.meta.url),
      environment: { WAREHOUSE: this.existing.warehouse.tableName },
      vpc: this.existing.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
  }
}
