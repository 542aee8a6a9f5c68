package io.hanok.control.host;

import io.hanok.control.rest.SignedBy;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

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
  public List<Hosts.HostView> list(WebRequest request) {
    SignedBy.operator(request);
    return hosts.all();
  }

  /** A token with which one host may join within the hour. */
  @PostMapping("/v1/join-tokens")
  @ResponseStatus(HttpStatus.CREATED)
  public Map<String, String> invite(WebRequest request) {
    SignedBy.operator(request);
    return Map.of("token", membership.invite().text());
  }
}
