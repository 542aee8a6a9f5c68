package io.hanok.control.image;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;

/** An account that may launch from another's image. */
@Entity
@IdClass(ImageLaunchPermission.PermissionId.class)
public class ImageLaunchPermission {
  @Id private String imageId;
  @Id private String accountId;

  /**
   * Identity: an account has the permission or has it not.
   *
   * @param imageId the image
   * @param accountId who may launch from it
   */
  public record PermissionId(String imageId, String accountId) implements Serializable {}

  protected ImageLaunchPermission() {}

  ImageLaunchPermission(String imageId, String accountId) {
    this.imageId = imageId;
    this.accountId = accountId;
  }

  public String imageId() {
    return imageId;
  }

  public String accountId() {
    return accountId;
  }
}
