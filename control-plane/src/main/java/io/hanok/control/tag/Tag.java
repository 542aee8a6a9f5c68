package io.hanok.control.tag;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;

/** A key and a value on one resource. */
@Entity
@IdClass(Tag.TagId.class)
public class Tag {
  @Id private String resourceId;
  @Id private String key;
  private String value;
  private String accountId;
  private String resourceType;

  /**
   * Identity: a resource has a key once.
   *
   * @param resourceId the resource
   * @param key the key
   */
  public record TagId(String resourceId, String key) implements Serializable {}

  protected Tag() {}

  Tag(String accountId, String resourceId, String resourceType, String key, String value) {
    this.accountId = accountId;
    this.resourceId = resourceId;
    this.resourceType = resourceType;
    this.key = key;
    this.value = value;
  }

  public String resourceId() {
    return resourceId;
  }

  public String resourceType() {
    return resourceType;
  }

  public String key() {
    return key;
  }

  public String value() {
    return value;
  }

  void changeTo(String newValue) {
    value = newValue;
  }
}
