package io.hanok.control.host;

import io.hanok.control.ec2.AwsDoor;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The operators' native door to hosts: who they are, and invitations for new ones. */
@RestController
public class HostResource {
  private final Hosts hosts;
  private final HostMembership membership;

  public HostResource(Hosts hosts, HostMembership membership) {
    this.hosts = hosts;
    this.membership = membership;
  }

  /** All hosts with their capacity. */
  @GetMapping("/v1/hosts")
  public List<Hosts.HostView> list(
      @RequestAttribute(name = AwsDoor.CALLER, required = false) Caller caller) {
    requireOperator(caller);
    return hosts.all();
  }

  /** A token with which one host may join within the hour. */
  @PostMapping("/v1/join-tokens")
  @ResponseStatus(HttpStatus.CREATED)
  public Map<String, String> invite(
      @RequestAttribute(name = AwsDoor.CALLER, required = false) Caller caller) {
    requireOperator(caller);
    return Map.of("token", membership.invite().text());
  }

  private static void requireOperator(Caller caller) {
    if (caller == null) {
      throw new CloudException(
          ErrorCode.AUTH_FAILURE,
          "Sign the request with an access key, for the service 'hanok' (SigV4).");
    }
    if (!caller.operator()) {
      throw new CloudException(
          ErrorCode.UNAUTHORIZED_OPERATION, "Only an operator's account may do this.");
    }
  }
}
