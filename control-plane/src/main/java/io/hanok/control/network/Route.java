package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;

/** One destination of a route table and where its packets go. */
@Entity
@IdClass(Route.Key.class)
public class Route {
  @Id private String routeTableId;
  @Id private String destination;
  private String target;
  private String origin;

  /** Identity: a table has a destination once. */
  public record Key(String routeTableId, String destination) implements Serializable {}

  protected Route() {}

  Route(String routeTableId, String destination, String target, String origin) {
    this.routeTableId = routeTableId;
    this.destination = destination;
    this.target = target;
    this.origin = origin;
  }

  public String routeTableId() {
    return routeTableId;
  }

  public String destination() {
    return destination;
  }

  /** {@code local} or the id of an internet gateway. */
  public String target() {
    return target;
  }

  /** How it came to be, in EC2's words. */
  public String origin() {
    return origin;
  }
}
