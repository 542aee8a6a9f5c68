package io.hanok.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Instance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks for what guests leave behind where they ran: domains, devices, rules, routes, files, and
 * rows that say that something is still to be done.
 *
 * <p>Everything on a host bears the id of its resource, so the ids are what is looked for.
 */
public final class Traces {
  private final Stack stack;
  private final List<Instance> gone;
  private final List<String> instances;
  private final List<String> machines;
  private final List<String> volumes;
  private final List<String> interfaces;

  /**
   * Takes note of what there is to look for.
   *
   * @param gone the guests as they were described while they ran
   */
  public Traces(Stack stack, List<Instance> gone) {
    this.stack = stack;
    this.gone = List.copyOf(gone);
    this.instances = gone.stream().map(Instance::instanceId).toList();
    this.machines = stack.sql("SELECT id FROM vm WHERE instance_id IN " + quoted(instances));
    this.volumes =
        gone.stream()
            .flatMap(i -> i.blockDeviceMappings().stream())
            .map(m -> m.ebs().volumeId())
            .toList();
    this.interfaces =
        gone.stream()
            .flatMap(i -> i.networkInterfaces().stream())
            .map(n -> n.networkInterfaceId())
            .toList();
    if (machines.isEmpty() || volumes.isEmpty() || interfaces.isEmpty()) {
      throw new AssertionError(
          "nothing to look for: the guests had no machine, volume or interface");
    }
  }

  /** One line for each thing that is left; none if they are gone without a trace. */
  public List<String> left() {
    List<String> left = new ArrayList<>();
    left.addAll(mentioning("domain", stack.virsh("list", "--all", "--name"), machines));
    left.addAll(mentioning("link", host("ip", "-o", "link"), taps()));
    left.addAll(mentioning("route", host("ip", "route"), addresses()));
    left.addAll(mentioning("rule", host("nft", "list", "ruleset"), addresses()));
    for (String vpc : gone.stream().map(Instance::vpcId).distinct().toList()) {
      if (Files.exists(Path.of("/run/netns", Stack.namespace(vpc)))) {
        left.addAll(mentioning("link", Stack.inVpc(vpc, "ip", "-o", "link").text(), taps()));
        left.addAll(mentioning("route", Stack.inVpc(vpc, "ip", "route").text(), addresses()));
        List<String> words = Stream.concat(taps().stream(), addresses().stream()).toList();
        left.addAll(mentioning("rule", Stack.inVpc(vpc, "nft", "list", "ruleset").text(), words));
      }
    }
    left.addAll(processes());
    left.addAll(files());
    left.addAll(rows());
    return left;
  }

  private List<String> taps() {
    return interfaces.stream().map(id -> "e" + id.substring(id.length() - 14)).toList();
  }

  private List<String> addresses() {
    return gone.stream()
        .flatMap(i -> Stream.of(i.privateIpAddress(), i.publicIpAddress()))
        .toList();
  }

  private static String host(String... command) {
    return Commands.run(Map.of(), List.of(command)).text();
  }

  private static List<String> mentioning(String what, String text, List<String> words) {
    return text.lines()
        .filter(line -> words.stream().anyMatch(word -> holds(line, word)))
        .map(line -> what + ": " + line.strip())
        .toList();
  }

  /** As a whole word, since an address may begin another. */
  private static boolean holds(String line, String word) {
    for (int at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
      int end = at + word.length();
      boolean begins = at == 0 || !Character.isLetterOrDigit(line.charAt(at - 1));
      boolean ends = end == line.length() || !Character.isLetterOrDigit(line.charAt(end));
      if (begins && ends) {
        return true;
      }
    }
    return false;
  }

  private List<String> processes() {
    return mentioning("process", host("ps", "-e", "-ww", "-o", "pid=,stat=,args="), machines);
  }

  /**
   * By name everywhere below the state, and by content where the agents keep theirs.
   *
   * <p>An agent remembers of what it made absent the generation, so that it takes no older word;
   * such a document has no description. QEMU's logs are for those who ask later.
   */
  private List<String> files() {
    List<String> ids =
        Stream.of(instances, machines, volumes, interfaces).flatMap(List::stream).toList();
    List<String> left = new ArrayList<>();
    for (String directory : List.of("agents", "consoles", "libvirt", "pool", "run")) {
      try (Stream<Path> all = Files.walk(stack.state().resolve(directory))) {
        all.filter(path -> ids.stream().anyMatch(id -> path.getFileName().toString().contains(id)))
            .filter(path -> !path.startsWith(stack.state().resolve("libvirt/log")))
            .filter(path -> !isMemoryOfAbsence(path))
            .forEach(path -> left.add("file: " + path));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    List<String> command =
        new ArrayList<>(List.of("grep", "-rlF", "--exclude=*.log", "--devices=skip"));
    ids.forEach(id -> command.add("--regexp=" + id));
    command.add(stack.state().resolve("agents").toString());
    // 1: found nothing.
    Commands.run(Map.of(), command)
        .out()
        .lines()
        .filter(file -> !isMemoryOfAbsence(Path.of(file)))
        .forEach(file -> left.add("mentioned in " + file));
    return left;
  }

  private boolean isMemoryOfAbsence(Path file) {
    if (!file.startsWith(stack.state().resolve("agents"))
        || !file.toString().contains("/ledger/")) {
      return false;
    }
    try {
      JsonNode document = JsonMapper.shared().readTree(Files.readString(file)).path("document");
      return document.isObject() && !document.has("spec");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> rows() {
    String keys =
        quoted(Stream.of(instances, machines, volumes, interfaces).flatMap(List::stream).toList());
    return Stream.of(
            "SELECT 'work_item', kind, key, waiting_for FROM work_item WHERE key IN " + keys,
            "SELECT 'vm', id FROM vm WHERE ended_at IS NULL AND id IN " + quoted(machines),
            "SELECT 'instance', id FROM instance WHERE terminated_at IS NULL AND id IN "
                + quoted(instances),
            "SELECT 'volume', id FROM volume WHERE destroyed_at IS NULL AND id IN "
                + quoted(volumes),
            "SELECT 'network_interface', id FROM network_interface WHERE id IN "
                + quoted(interfaces),
            "SELECT 'public_address', address FROM public_address WHERE eni_id IN "
                + quoted(interfaces),
            "SELECT 'agent_document', kind, key FROM agent_document WHERE key IN " + keys,
            "SELECT 'observation', kind, key FROM observation WHERE key IN " + keys,
            "SELECT 'orphan', kind, name FROM orphan WHERE resource_id IN " + keys)
        .flatMap(query -> stack.sql(query).stream())
        .map(row -> "row: " + row)
        .toList();
  }

  private static String quoted(List<String> ids) {
    return ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(",", "(", ")"));
  }
}
