package io.hanok.control.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.hanok.control.ec2.Pages;
import io.hanok.control.rest.SignedBy;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/** The native door to images: imports, which EC2 has no fitting action for, and their progress. */
@RestController
@RequestMapping("/v1/images")
public class ImageResource {
  private final Images images;
  private final ImageRepository rows;

  public ImageResource(Images images, ImageRepository rows) {
    this.images = images;
    this.rows = rows;
  }

  /**
   * The body of an import.
   *
   * @param isPublic whether every account may launch from it; absent: no
   */
  record NewImage(
      String name,
      String description,
      String source,
      String sha256,
      @JsonProperty("public") Boolean isPublic) {
    ImportImage command() {
      try {
        return new ImportImage(
            name,
            description,
            source == null ? null : new URI(source),
            sha256,
            Boolean.TRUE.equals(isPublic));
      } catch (URISyntaxException e) {
        throw Errors.invalidValue("source", source, "It is no URI: %s".formatted(e.getReason()));
      }
    }
  }

  /**
   * An image.
   *
   * @param sizeBytes size of its disk, or null until read
   * @param source where it was imported from; shown to its owner only
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ImageView(
      String id,
      String name,
      String description,
      String owner,
      String state,
      int progressPercent,
      String failedReason,
      @JsonProperty("public") boolean isPublic,
      String source,
      String sha256,
      String format,
      Long sizeBytes,
      String snapshotId,
      Instant createdAt) {
    static ImageView of(Image image, Caller caller) {
      boolean own = image.accountId().equals(caller.accountId());
      return new ImageView(
          image.id(),
          image.name(),
          image.description(),
          image.accountId(),
          image.state().text(),
          image.progressPercent(),
          own ? image.failedReason() : null,
          image.isPublic(),
          own ? image.source() : null,
          image.sourceSha256(),
          image.sourceFormat(),
          image.sizeBytes(),
          image.snapshotId(),
          image.createdAt());
    }
  }

  /** A page of images. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ImageList(List<ImageView> images, String nextToken) {}

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Transactional
  public ImageView create(@RequestBody NewImage body, WebRequest request) {
    Caller caller = SignedBy.of(request);
    return ImageView.of(images.require(caller, images.importImage(caller, body.command())), caller);
  }

  @GetMapping("/{id}")
  @Transactional(readOnly = true)
  public ImageView get(@PathVariable String id, WebRequest request) {
    Caller caller = SignedBy.of(request);
    return ImageView.of(images.require(caller, id), caller);
  }

  @GetMapping
  @Transactional(readOnly = true)
  public ImageList list(
      @RequestParam(required = false) Integer maxResults,
      @RequestParam(required = false) String nextToken,
      WebRequest request) {
    Caller caller = SignedBy.of(request);
    var page =
        Pages.read(rows, ImageFilters.visibleTo(caller), "id", Image::id, maxResults, nextToken);
    return new ImageList(
        page.items().stream().map(i -> ImageView.of(i, caller)).toList(), page.nextToken());
  }
}
