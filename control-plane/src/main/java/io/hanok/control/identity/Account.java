package io.hanok.control.identity;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** Owns resources; two accounts never see each other's. */
@Entity
public class Account {
  @Id private String id;
  private String name;
  private boolean operator;
  private Instant createdAt;

  protected Account() {}

  Account(String id, String name, boolean operator, Instant createdAt) {
    this.id = id;
    this.name = name;
    this.operator = operator;
    this.createdAt = createdAt;
  }

  /** 12 digits. */
  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public boolean operator() {
    return operator;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
