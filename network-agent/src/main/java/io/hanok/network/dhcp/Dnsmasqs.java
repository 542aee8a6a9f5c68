package io.hanok.network.dhcp;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.VpcId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.network.netns.NetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Keeps one dnsmasq running in the namespace of each VPC.
 *
 * <p>Each is a daemon of its own that lives on when the agent ends. It is found again by its
 * process id file, and believed only if that process really is dnsmasq with our configuration in
 * the namespace as it is now. An interface more is a file more, which dnsmasq notices; anything
 * else needs a restart of some ten milliseconds, which also forgets the leases of interfaces that
 * went.
 */
public final class Dnsmasqs {
  private static final long END_SECONDS = 3;

  private final HostCommands commands;
  private final NetworkNamespaces namespaces;
  private final Path directory;
  private final List<String> resolvers;

  /**
   * Makes the keeper.
   *
   * @param directory where the files of all VPCs are
   * @param resolvers servers for names outside the VPCs; may be empty
   */
  public Dnsmasqs(
      HostCommands commands, NetworkNamespaces namespaces, Path directory, List<String> resolvers) {
    this.commands = commands;
    this.namespaces = namespaces;
    this.directory = directory.toAbsolutePath();
    this.resolvers = List.copyOf(resolvers);
  }

  /** Ensures that DHCP and names are served as a VPC's description asks. */
  public void ensure(Vpc vpc) throws InterruptedException {
    Path own = directory.resolve(vpc.vpcId().value());
    DnsmasqFiles wanted = DnsmasqFiles.of(vpc, own, resolvers);
    try {
      Files.createDirectories(own.resolve(DnsmasqFiles.HOSTS));
      Files.createDirectories(own.resolve(DnsmasqFiles.NAMES));
      Optional<ProcessHandle> running = running(vpc.vpcId());
      boolean elsewhere = running.filter(process -> !inNamespace(process, vpc.vpcId())).isPresent();
      boolean restart = write(own, wanted) || elsewhere;
      if (restart && running.isPresent()) {
        end(running.get());
        running = Optional.empty();
      }
      if (running.isEmpty()) {
        commands.run(
            "nsenter",
            "--net=" + NetworkNamespaces.file(NetworkNamespaces.of(vpc.vpcId())),
            "dnsmasq",
            "--conf-file=" + own.resolve(DnsmasqFiles.CONFIGURATION));
      }
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR, "cannot write below " + own + ": " + e.getMessage(), e);
    }
  }

  /** Whether the dnsmasq of a VPC is alive. */
  public boolean alive(VpcId vpc) {
    return running(vpc).filter(process -> inNamespace(process, vpc)).isPresent();
  }

  /** Ends the dnsmasq of a VPC and removes its files; nothing there is a success, too. */
  public void remove(VpcId vpc) throws InterruptedException {
    Optional<ProcessHandle> running = running(vpc);
    if (running.isPresent()) {
      end(running.get());
    }
    Path own = directory.resolve(vpc.value());
    if (!Files.exists(own)) {
      return;
    }
    try (Stream<Path> files = Files.walk(own)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR, "cannot remove " + own + ": " + e.getMessage(), e);
    }
  }

  /** The VPCs that have files here. */
  public List<VpcId> found() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(IdKind.VPC::matches)
          .sorted()
          .map(VpcId::new)
          .toList();
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR, "cannot list " + directory + ": " + e.getMessage(), e);
    }
  }

  /** Writes what differs and says whether dnsmasq would not notice it by itself. */
  private static boolean write(Path own, DnsmasqFiles wanted) throws IOException {
    boolean restart = false;
    Map<String, String> had = read(own);
    Map<String, String> entries = wanted.entries();
    for (String file : had.keySet()) {
      if (!entries.containsKey(file)) {
        Files.deleteIfExists(own.resolve(file));
        restart = true;
      }
    }
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      String before = had.get(entry.getKey());
      if (!entry.getValue().equals(before)) {
        replace(own.resolve(entry.getKey()), entry.getValue());
        restart |= before != null;
      }
    }
    Path configuration = own.resolve(DnsmasqFiles.CONFIGURATION);
    if (!Files.exists(configuration)
        || !Files.readString(configuration).equals(wanted.configuration())) {
      replace(configuration, wanted.configuration());
      restart = true;
    }
    return restart;
  }

  private static Map<String, String> read(Path own) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (String part : List.of(DnsmasqFiles.HOSTS, DnsmasqFiles.NAMES)) {
      List<Path> found = new ArrayList<>();
      try (Stream<Path> list = Files.list(own.resolve(part))) {
        list.filter(f -> !f.getFileName().toString().startsWith(".")).forEach(found::add);
      }
      for (Path file : found) {
        files.put(part + "/" + file.getFileName(), Files.readString(file));
      }
    }
    return files;
  }

  /** Names with a dot in front are not read by dnsmasq. */
  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling("." + file.getFileName());
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Optional<ProcessHandle> running(VpcId vpc) {
    Path own = directory.resolve(vpc.value());
    try {
      long pid = Long.parseLong(Files.readString(own.resolve(DnsmasqFiles.PID)).strip());
      String command = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
      boolean ours =
          command.contains("dnsmasq")
              && command.contains(own.resolve(DnsmasqFiles.CONFIGURATION).toString());
      return ours ? ProcessHandle.of(pid) : Optional.empty();
    } catch (IOException | NumberFormatException none) {
      return Optional.empty();
    }
  }

  private boolean inNamespace(ProcessHandle process, VpcId vpc) {
    try {
      Path net = Path.of("/proc/" + process.pid() + "/ns/net");
      return (Long) Files.getAttribute(net, "unix:ino")
          == namespaces.inode(NetworkNamespaces.of(vpc));
    } catch (IOException ended) {
      return false;
    }
  }

  private static void end(ProcessHandle process) throws InterruptedException {
    process.destroy();
    if (!ended(process)) {
      process.destroyForcibly();
      ended(process);
    }
  }

  private static boolean ended(ProcessHandle process) throws InterruptedException {
    try {
      process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return !process.isAlive();
    }
  }
}
