package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.ResourceId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Brings volumes and images to their documents: looks, lets {@link VolumePlan} or {@link ImagePlan}
 * decide, does that one thing, and looks again.
 *
 * <p>Only the document of a volume that says "absent" removes a volume; no failure does. A volume
 * is made once: if its data are gone later, that is a fault, and nothing takes their place.
 */
final class StorageConverger implements Converger {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Map<String, VolumePool> pools;
  private final MadeVolumes made;
  private final Catalogue catalogue;
  private final ImageImports imports;

  StorageConverger(
      Map<String, VolumePool> pools, MadeVolumes made, Catalogue catalogue, ImageImports imports) {
    this.pools = Map.copyOf(pools);
    this.made = made;
    this.catalogue = catalogue;
    this.imports = imports;
  }

  @Override
  public List<DocumentKind> kinds() {
    return List.of(DocumentKind.IMAGE, DocumentKind.VOLUME);
  }

  @Override
  public Step converge(DesiredDocument desired) throws InterruptedException {
    return switch (desired.kind()) {
      case VOLUME -> volume(desired);
      case IMAGE -> image(desired);
      case VM, HOST_NETWORK -> throw invalid("the storage agent keeps no " + desired.kind().text());
    };
  }

  private Step volume(DesiredDocument desired) {
    VolumeId id = id(desired.key(), VolumeId::new);
    PoolItem item = PoolItem.volume(id);
    if (!desired.present()) {
      pools.values().forEach(pool -> pool.remove(item));
      made.forget(id);
      return new Step.Settled(new ResourceStatus.Absent());
    }
    VolumeSpec spec = (VolumeSpec) desired.spec();
    requireSame(id, spec.volumeId());
    VolumePool pool = pool(spec.pool());
    while (true) {
      switch (VolumePlan.next(spec, view(spec, pool))) {
        case VolumePlan.Action.Settle settle -> {
          return new Step.Settled(settle.status());
        }
        case VolumePlan.Action.Create create -> pool.create(item, spec.sizeBytes());
        case VolumePlan.Action.Clone clone ->
            pool.clone(PoolItem.base(spec.sourceImage()), item, spec.sizeBytes());
        case VolumePlan.Action.Remember remember -> made.remember(id);
        case VolumePlan.Action.Grow grow -> pool.grow(item, spec.sizeBytes());
        case VolumePlan.Action.Report report -> throw thrown(report.fault());
      }
    }
  }

  private VolumePlan.View view(VolumeSpec spec, VolumePool pool) {
    PoolItem item = PoolItem.volume(spec.volumeId());
    OptionalLong base =
        spec.sourceImage() == null
            ? OptionalLong.empty()
            : pool.find(PoolItem.base(spec.sourceImage())).stream()
                .mapToLong(VolumePool.Found::sizeBytes)
                .findFirst();
    return new VolumePlan.View(
        pool.find(item),
        made.contains(spec.volumeId()),
        holding(item).filter(name -> !name.equals(pool.name())),
        base);
  }

  private Step image(DesiredDocument desired) throws InterruptedException {
    ImageId id = id(desired.key(), ImageId::new);
    ImageSpec spec = (ImageSpec) desired.spec();
    if (spec != null) {
      requireSame(id, spec.imageId());
      pool(spec.pool());
      if (spec.sha256() != null && !DIGEST.matcher(spec.sha256()).matches()) {
        throw invalid("not a SHA-256 in lower-case hex: " + spec.sha256());
      }
      if (spec.source() == null) {
        throw invalid("the image has no source");
      }
    }
    while (true) {
      ImagePlan.View view = view(id);
      switch (ImagePlan.next(spec, desired.generation(), view)) {
        case ImagePlan.Action.Settle settle -> {
          return new Step.Settled(settle.status());
        }
        case ImagePlan.Action.Import begin -> {
          imports.start(spec, desired.generation(), pool(spec.pool()));
          return importing(spec, ImagePlan.status(view, 0));
        }
        case ImagePlan.Action.Await await -> {
          return importing(spec, await.status());
        }
        case ImagePlan.Action.EndImport end -> imports.end(id);
        case ImagePlan.Action.Remove remove -> {
          pools.values().forEach(pool -> pool.remove(PoolItem.base(id)));
          catalogue.release(id);
        }
        case ImagePlan.Action.Report report -> {
          if (report.forget()) {
            imports.end(id);
          }
          throw thrown(report.fault());
        }
      }
    }
  }

  private static Step importing(ImageSpec spec, ResourceStatus status) {
    return new Step.Again(status, LOOK_AGAIN, "the import of " + spec.source());
  }

  private ImagePlan.View view(ImageId id) {
    Optional<String> basePool = holding(PoolItem.base(id));
    boolean traces =
        basePool.isPresent()
            || catalogue.knows(id)
            || pools.values().stream().anyMatch(pool -> pool.unfinished(PoolItem.base(id)));
    return new ImagePlan.View(catalogue.record(id), basePool, traces, imports.work(id));
  }

  private Optional<String> holding(PoolItem item) {
    return pools.values().stream()
        .filter(pool -> pool.find(item).isPresent())
        .map(VolumePool::name)
        .findFirst();
  }

  private VolumePool pool(String name) {
    VolumePool pool = name == null ? null : pools.get(name);
    if (pool == null) {
      throw invalid("this host has no pool '%s'; it has %s".formatted(name, pools.keySet()));
    }
    return pool;
  }

  private static <T extends ResourceId> T id(String key, Function<String, T> constructor) {
    try {
      return constructor.apply(key);
    } catch (IllegalArgumentException e) {
      throw new AgentException(AgentFault.Code.INVALID_SPEC, e.getMessage(), e);
    }
  }

  private static void requireSame(ResourceId key, ResourceId described) {
    if (!key.equals(described)) {
      throw invalid("the document of %s describes %s".formatted(key, described));
    }
  }

  private static AgentException invalid(String message) {
    return new AgentException(AgentFault.Code.INVALID_SPEC, message);
  }

  private static AgentException thrown(AgentFault fault) {
    return new AgentException(fault.code(), fault.message());
  }

  @Override
  public List<HostObject> inventory() {
    List<HostObject> result = new ArrayList<>(catalogue.inventory());
    for (VolumePool pool : pools.values()) {
      pool.sweep();
      for (VolumePool.Found found : pool.list()) {
        String kind =
            switch (found.state()) {
              case THERE -> found.item().kind().text();
              case PART -> "part";
              case TRASH -> "trash";
            };
        result.add(new HostObject(kind, found.path(), found.item().id(), false));
      }
    }
    return List.copyOf(result);
  }

  @Override
  public HostFacts facts() {
    List<HostFacts.Pool> room = new ArrayList<>();
    for (VolumePool pool : pools.values()) {
      VolumePool.Usage usage = pool.usage();
      room.add(new HostFacts.Pool(pool.name(), pool.kind(), usage.totalBytes(), usage.freeBytes()));
    }
    return new HostFacts(null, null, null, null, List.copyOf(room));
  }
}
