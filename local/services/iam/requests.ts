/** Inputs of the IAM API that the service has, as the API names them; policy documents are JSON text or objects. */
export interface CreateRoleRequest extends RoleReference {
  readonly Path?: string;
  readonly AssumeRolePolicyDocument?: unknown;
}

export interface RoleReference {
  readonly RoleName?: string;
}

export interface PutRolePolicyRequest extends RoleReference {
  readonly PolicyName?: string;
  readonly PolicyDocument?: unknown;
}

export interface CreatePolicyRequest {
  readonly PolicyName?: string;
  readonly Path?: string;
  readonly PolicyDocument?: unknown;
}

export interface AttachRolePolicyRequest extends RoleReference {
  readonly PolicyArn?: string;
}

export interface RoleDescription {
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Arn: string;
  readonly Path: string;
}
