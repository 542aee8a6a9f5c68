package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A subnet's own route table, in place of the VPC's main one. */
@Entity
public class RouteTableAssociation {
  @Id private String id;
  private String routeTableId;
  private String subnetId;

  protected RouteTableAssociation() {}

  RouteTableAssociation(String id, String routeTableId, String subnetId) {
    this.id = id;
    this.routeTableId = routeTableId;
    this.subnetId = subnetId;
  }

  public String id() {
    return id;
  }

  public String routeTableId() {
    return routeTableId;
  }

  public String subnetId() {
    return subnetId;
  }
}
