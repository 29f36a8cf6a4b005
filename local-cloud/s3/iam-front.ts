import type { IncomingMessage, ServerResponse } from "node:http";
import { answerFailures } from "../tls-front";
import { isVerified, readSmallBody } from "./signed";
import { sendXml } from "./xml";

/**
 * What the real provider plugin asks for before it reads or deletes an identity, and versitygw does not know: there are no groups,
 * managed policies, instance profiles, login profiles and devices, so every list is empty.
 */
const emptyLists: Readonly<Record<string, string>> = {
  ListGroupsForUser: "Groups",
  ListAttachedUserPolicies: "AttachedPolicies",
  ListMFADevices: "MFADevices",
  ListVirtualMFADevices: "VirtualMFADevices",
  ListSigningCertificates: "Certificates",
  ListSSHPublicKeys: "SSHPublicKeys",
  ListServiceSpecificCredentials: "ServiceSpecificCredentials",
  ListAttachedRolePolicies: "AttachedPolicies",
  ListInstanceProfilesForRole: "InstanceProfiles",
};

/** IAM and STS: everything goes to versitygw, which verifies and answers; only the lists above are answered for it. */
export const iamHandler = (socketPath: string) =>
  answerFailures(async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readSmallBody(request);
    if (!(await isVerified({ socketPath }, request, body, response, { status: 400, code: "InvalidAction" }))) return;
    const action = new URLSearchParams(body.toString()).get("Action") ?? "";
    const list = emptyLists[action];
    if (!list) {
      const error = `<Type>Sender</Type><Code>InvalidAction</Code><Message>the local cloud's IAM does not implement ${action.replace(/\W/g, "")}</Message>`;
      return sendXml(response, 501, `<ErrorResponse xmlns="${xmlns}"><Error>${error}</Error></ErrorResponse>`);
    }
    const result = `<${action}Result><${list}/><IsTruncated>false</IsTruncated></${action}Result>`;
    sendXml(response, 200, `<${action}Response xmlns="${xmlns}">${result}</${action}Response>`);
  });

const xmlns = "https://iam.amazonaws.com/doc/2010-05-08/";
