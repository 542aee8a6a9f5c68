package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.address.PublicAddress;
import io.hanok.control.address.PublicAddresses;
import io.hanok.control.hostnet.HostNetworks;
import io.hanok.control.securitygroup.SecurityGroups;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Makes network interfaces with their instance, changes them, and ends them with it.
 *
 * <p>Each change wakes the hosts that it concerns: the interface's own, and those with a group
 * whose rules name a group that it joins or leaves.
 */
@Service
public class NetworkInterfaces {
  private final NetworkInterfaceRepository interfaces;
  private final NetworkInterfaceAddressRepository addresses;
  private final NetworkInterfaceRows rows;
  private final SubnetRepository subnets;
  private final SecurityGroups groups;
  private final PublicAddresses publicAddresses;
  private final HostNetworks hosts;
  private final Tags tags;
  private final EntityManager entities;
  private final JdbcClient jdbc;
  private final Ids ids;
  private final Clock clock;

  public NetworkInterfaces(
      NetworkInterfaceRepository interfaces,
      NetworkInterfaceAddressRepository addresses,
      NetworkInterfaceRows rows,
      SubnetRepository subnets,
      SecurityGroups groups,
      PublicAddresses publicAddresses,
      HostNetworks hosts,
      Tags tags,
      EntityManager entities,
      JdbcClient jdbc,
      Ids ids,
      Clock clock) {
    this.interfaces = interfaces;
    this.addresses = addresses;
    this.rows = rows;
    this.subnets = subnets;
    this.groups = groups;
    this.publicAddresses = publicAddresses;
    this.hosts = hosts;
    this.tags = tags;
    this.entities = entities;
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * An interface to be made with an instance.
   *
   * @param subnetId a subnet of the caller's
   * @param privateAddressOrNull its primary private address, or null for any free one
   * @param groupIds its security groups, as {@link SecurityGroups#resolve} gives them
   * @param description the caller's words, or empty
   * @param associatePublicAddressOrNull whether it gets an automatic public address at each start;
   *     null: as its subnet says, for the primary interface
   * @param deleteOnTermination whether it ends with the instance
   * @param deviceIndex 0 for the primary interface
   */
  public record NewInterface(
      String subnetId,
      String privateAddressOrNull,
      List<String> groupIds,
      String description,
      Boolean associatePublicAddressOrNull,
      boolean deleteOnTermination,
      int deviceIndex) {
    public NewInterface {
      groupIds = List.copyOf(groupIds);
      if (deviceIndex < 0) {
        throw Errors.invalidValue("deviceIndex", deviceIndex, "Expecting 0 or more.");
      }
      if (deviceIndex != 0 && Boolean.TRUE.equals(associatePublicAddressOrNull)) {
        throw Errors.combination(
            "Only the primary interface, at device index 0, can get an automatic public address.");
      }
    }
  }

  /** A security group by id and name. */
  public record GroupRef(String id, String name) {}

  /**
   * A public address as its interface shows it.
   *
   * @param allocationIdOrNull null for an automatic address
   * @param associationIdOrNull null for an automatic address
   * @param ownerId the account of an elastic address, {@code amazon} for an automatic one, as EC2
   *     says
   */
  public record PublicAddressView(
      String address, String allocationIdOrNull, String associationIdOrNull, String ownerId) {}

  /**
   * An interface with what belongs to it.
   *
   * @param privateAddresses dotted form, the primary one first
   * @param groups in the order of their ids
   * @param publicAddresses private address → public address
   */
  public record InterfaceView(
      NetworkInterface eni,
      List<String> privateAddresses,
      List<GroupRef> groups,
      Map<String, PublicAddressView> publicAddresses) {}

  /**
   * Makes an interface and attaches it to an instance whose row is already there.
   *
   * @throws CloudException InvalidSubnetID.NotFound; InvalidParameterValue or
   *     InvalidIPAddress.InUse for the private address; InsufficientFreeAddressesInSubnet;
   *     InsufficientAddressCapacity
   */
  @Transactional
  public InterfaceView createFor(Caller caller, String instanceId, NewInterface wanted) {
    Subnet subnet =
        subnets
            .findByIdAndAccountId(wanted.subnetId(), caller.accountId())
            .orElseThrow(() -> Errors.notFound(IdKind.SUBNET, wanted.subnetId()));
    NetworkInterface eni =
        new NetworkInterface(
            rows.freeId(), subnet, rows.newMac(), wanted.description(), clock.instant());
    eni.attach(
        instanceId,
        ids.next(IdKind.ENI_ATTACHMENT),
        wanted.deviceIndex(),
        wanted.deleteOnTermination(),
        clock.instant());
    boolean automatic =
        wanted.associatePublicAddressOrNull() == null
            ? wanted.deviceIndex() == 0 && subnet.mapPublicIpOnLaunch()
            : wanted.associatePublicAddressOrNull();
    if (automatic) {
      eni.giveAutomaticAddressAtEachStart();
    }
    entities.persist(eni);
    entities.flush();
    String address = rows.reserveAddress(subnet, eni.id(), wanted.privateAddressOrNull());
    rows.setGroups(eni.id(), wanted.groupIds());
    if (automatic) {
      publicAddresses.giveAutomatic(eni.accountId(), eni.id(), address);
    }
    hosts.wakeOfGroups(wanted.groupIds());
    return views(List.of(eni)).getFirst();
  }

  /** The interfaces of some instances, by instance and device index, in four statements. */
  @Transactional(readOnly = true)
  public Map<String, List<InterfaceView>> ofInstances(Collection<String> instanceIds) {
    if (instanceIds.isEmpty()) {
      return Map.of();
    }
    return views(
            interfaces.findByInstanceIdInOrderByInstanceIdAscDeviceIndexAsc(
                Set.copyOf(instanceIds)))
        .stream()
        .collect(
            Collectors.groupingBy(
                v -> v.eni().instanceId(), LinkedHashMap::new, Collectors.toList()));
  }

  /** Interfaces with what belongs to them, in the given order, in three statements. */
  List<InterfaceView> views(List<NetworkInterface> enis) {
    if (enis.isEmpty()) {
      return List.of();
    }
    entities.flush();
    List<String> eniIds = enis.stream().map(NetworkInterface::id).toList();
    Map<String, List<String>> privateOnes = new HashMap<>();
    for (NetworkInterfaceAddress a : addresses.ofInterfaces(eniIds)) {
      privateOnes.computeIfAbsent(a.eniId(), k -> new ArrayList<>()).add(a.address());
    }
    Map<String, List<GroupRef>> groupsOf = groupsOf(eniIds);
    Map<String, Map<String, PublicAddressView>> publicOnes = new HashMap<>();
    for (PublicAddress a : publicAddresses.ofInterfaces(eniIds)) {
      publicOnes.computeIfAbsent(a.eniId(), k -> new HashMap<>()).put(a.privateAddress(), view(a));
    }
    return enis.stream()
        .map(
            eni ->
                new InterfaceView(
                    eni,
                    privateOnes.getOrDefault(eni.id(), List.of()),
                    groupsOf.getOrDefault(eni.id(), List.of()),
                    publicOnes.getOrDefault(eni.id(), Map.of())))
        .toList();
  }

  private static PublicAddressView view(PublicAddress a) {
    return new PublicAddressView(
        a.address(),
        a.allocationId(),
        a.associationId(),
        a.allocationId() == null ? "amazon" : a.accountId());
  }

  private Map<String, List<GroupRef>> groupsOf(Collection<String> eniIds) {
    Map<String, List<GroupRef>> found = new HashMap<>();
    jdbc.sql(
            """
            SELECT nig.eni_id, g.id, g.name FROM network_interface_group nig
            JOIN security_group g ON g.id = nig.group_id
            WHERE nig.eni_id IN (:ids) ORDER BY g.id
            """)
        .param("ids", eniIds)
        .query(
            row -> {
              found
                  .computeIfAbsent(row.getString(1), k -> new ArrayList<>())
                  .add(new GroupRef(row.getString(2), row.getString(3)));
            });
    return found;
  }

  /**
   * Gives an instance that starts its automatic public addresses: to each interface that was
   * launched for one and has no elastic address.
   *
   * @throws CloudException InsufficientAddressCapacity if the range is used up
   */
  @Transactional
  public void giveAutomaticAddresses(String instanceId) {
    lockOf(instanceId);
    for (InterfaceView view : viewsOf(instanceId)) {
      if (view.eni().autoPublicAddress()) {
        publicAddresses.giveAutomatic(
            view.eni().accountId(), view.eni().id(), view.privateAddresses().getFirst());
      }
    }
    wakeOf(instanceId);
  }

  /** Takes an instance's automatic public addresses back when it has stopped. */
  @Transactional
  public void releaseAutomaticAddresses(String instanceId) {
    lockOf(instanceId);
    publicAddresses.releaseAutomatic(viewsOf(instanceId).stream().map(v -> v.eni().id()).toList());
    wakeOf(instanceId);
  }

  /**
   * Ends the interfaces of a terminated instance: those that end with it are deleted, others are
   * detached; elastic addresses stay with their account. Once it is done it does nothing.
   */
  @Transactional
  public void releaseOf(String instanceId) {
    lockOf(instanceId);
    List<InterfaceView> views = viewsOf(instanceId);
    if (views.isEmpty()) {
      return;
    }
    wakeOf(instanceId);
    hosts.wakeOfGroups(
        views.stream().flatMap(v -> v.groups().stream()).map(GroupRef::id).distinct().toList());
    publicAddresses.releaseAll(views.stream().map(v -> v.eni().id()).toList());
    List<NetworkInterface> ending = new ArrayList<>();
    for (InterfaceView view : views) {
      if (Boolean.TRUE.equals(view.eni().deleteOnTermination())) {
        ending.add(view.eni());
      } else {
        view.eni().detach();
      }
    }
    interfaces.deleteAll(ending);
    entities.flush();
    tags.forget(ending.stream().map(NetworkInterface::id).toList());
  }

  /**
   * Puts the only interface of an instance into other groups.
   *
   * @throws CloudException InvalidInstanceID.NotFound; InvalidInstanceID if the instance has
   *     several interfaces; those of {@link SecurityGroups#resolve}
   */
  @Transactional
  public void changeGroups(Caller caller, String instanceId, List<String> groupIds) {
    changeGroups(caller, onlyInterfaceOf(caller, instanceId), groupIds);
  }

  /**
   * An interface of the caller's as it is now, held until the end of the transaction.
   *
   * @throws CloudException InvalidNetworkInterfaceID.Malformed, InvalidNetworkInterfaceID.NotFound
   */
  NetworkInterface requireForChange(Caller caller, String eniId) {
    Errors.wellFormed(IdKind.ENI, eniId);
    entities.flush();
    if (!rows.lock(caller.accountId(), eniId)) {
      throw Errors.notFound(IdKind.ENI, eniId);
    }
    NetworkInterface eni = interfaces.findById(eniId).orElseThrow();
    entities.refresh(eni);
    return eni;
  }

  private void lockOf(String instanceId) {
    entities.flush();
    rows.lockOfInstance(instanceId);
    interfaces
        .findByInstanceIdInOrderByInstanceIdAscDeviceIndexAsc(List.of(instanceId))
        .forEach(entities::refresh);
  }

  void changeGroups(Caller caller, NetworkInterface eni, List<String> groupIds) {
    if (groupIds.isEmpty()) {
      throw Errors.missing("groupId");
    }
    List<String> wanted = groups.resolve(caller, eni.vpcId(), groupIds, List.of());
    Set<String> concerned = new TreeSet<>(wanted);
    groupsOf(List.of(eni.id()))
        .getOrDefault(eni.id(), List.of())
        .forEach(g -> concerned.add(g.id()));
    rows.setGroups(eni.id(), wanted);
    hosts.wakeOfInterfaces(List.of(eni.id()));
    hosts.wakeOfGroups(concerned);
  }

  /**
   * Sets whether the only interface of an instance drops packets that are not its own.
   *
   * @throws CloudException as {@link #changeGroups(Caller, String, List)}
   */
  @Transactional
  public void changeSourceDestCheck(Caller caller, String instanceId, boolean check) {
    changeSourceDestCheck(onlyInterfaceOf(caller, instanceId), check);
  }

  void changeSourceDestCheck(NetworkInterface eni, boolean check) {
    eni.checkSourceAndDestination(check);
    hosts.wakeOfInterfaces(List.of(eni.id()));
  }

  void describe(NetworkInterface eni, String description) {
    if (description == null || description.length() > 255) {
      throw Errors.invalidValue("description", description, "Expecting at most 255 characters.");
    }
    eni.describe(description);
  }

  void changeAttachment(NetworkInterface eni, String attachmentId, Boolean deleteOnTermination) {
    if (attachmentId == null || deleteOnTermination == null) {
      throw Errors.missing("attachment.attachmentId and attachment.deleteOnTermination");
    }
    if (!attachmentId.equals(eni.attachmentId())) {
      throw Errors.notFound(IdKind.ENI_ATTACHMENT, attachmentId);
    }
    eni.deleteOnTermination(deleteOnTermination);
  }

  private NetworkInterface onlyInterfaceOf(Caller caller, String instanceId) {
    lockOf(instanceId);
    List<NetworkInterface> all =
        interfaces.findByInstanceIdAndAccountIdOrderByDeviceIndex(instanceId, caller.accountId());
    if (all.isEmpty()) {
      throw Errors.notFound(IdKind.INSTANCE, instanceId);
    }
    if (all.size() > 1) {
      throw new CloudException(
          ErrorCode.INVALID_INSTANCE_ID,
          "There are multiple interfaces attached to instance '%s'. Name an interface instead."
              .formatted(instanceId));
    }
    return all.getFirst();
  }

  private List<InterfaceView> viewsOf(String instanceId) {
    return ofInstances(List.of(instanceId)).getOrDefault(instanceId, List.of());
  }

  private void wakeOf(String instanceId) {
    hosts.wakeOfInterfaces(viewsOf(instanceId).stream().map(v -> v.eni().id()).toList());
  }
}
