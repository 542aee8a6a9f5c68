package io.hanok.control.keypair;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateKeyPairResponse;
import software.amazon.awssdk.services.ec2.model.KeyPairInfo;

/** Key pairs, with ssh's and PuTTY's own programs as the judges of what is handed out. */
@ControlPlaneTest
class KeyPairsTest {
  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @TempDir Path directory;

  private Ec2Client ec2;
  private Ec2Client other;

  @BeforeEach
  void twoAccounts() {
    ec2 = TestClouds.ec2(port, accounts.create("ann", false));
    other = TestClouds.ec2(port, accounts.create("bob", false));
  }

  @AfterEach
  void close() {
    ec2.close();
    other.close();
  }

  @Test
  void anRsaKeyIsInTheFormThatEc2GivesAndSshReadsIt() throws Exception {
    var made = ec2.createKeyPair(r -> r.keyName("web"));
    assertThat(made.keyMaterial()).startsWith("-----BEGIN RSA PRIVATE KEY-----\n");
    assertThat(made.keyPairId()).matches("key-[0-9a-f]{17}");
    Path file = privateFile("web.pem", made.keyMaterial());
    assertThat(run("ssh-keygen", "-y", "-f", file.toString()))
        .isEqualTo(withoutComment(info("web").publicKey()));
    assertThat(run("ssh-keygen", "-l", "-f", file.toString())).startsWith("2048 ");

    // EC2's documented check: openssl pkcs8 -in key -topk8 -outform DER -nocrypt | sha1sum.
    Path der = directory.resolve("web.der");
    run(
        "openssl",
        "pkcs8",
        "-in",
        file.toString(),
        "-topk8",
        "-inform",
        "PEM",
        "-outform",
        "DER",
        "-nocrypt",
        "-out",
        der.toString());
    assertThat(made.keyFingerprint()).isEqualTo(colons("SHA-1", Files.readAllBytes(der)));
  }

  @Test
  void anEd25519KeyIsInTheFormOfOpenSsh() throws Exception {
    var made = ec2.createKeyPair(r -> r.keyName("web").keyType("ed25519"));
    assertThat(made.keyMaterial()).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    Path file = privateFile("web.pem", made.keyMaterial());
    assertThat(withoutComment(run("ssh-keygen", "-y", "-f", file.toString())))
        .isEqualTo(withoutComment(info("web").publicKey()));
    assertThat(run("ssh-keygen", "-l", "-f", file.toString()))
        .contains("SHA256:" + made.keyFingerprint().replace("=", "") + " ");
  }

  @Test
  void puttyReadsItsOwnForm() throws Exception {
    assumeTrue(onPath("puttygen"), "puttygen is not installed");
    for (String type : List.of("rsa", "ed25519")) {
      CreateKeyPairResponse made =
          ec2.createKeyPair(r -> r.keyName("putty " + type).keyType(type).keyFormat("ppk"));
      Path file = privateFile(type + ".ppk", made.keyMaterial());
      assertThat(run("puttygen", file.toString(), "-L"))
          .as("puttygen checks the MAC and the key")
          .isEqualTo(info("putty " + type).publicKey());
      Path back = directory.resolve(type + ".openssh");
      run("puttygen", file.toString(), "-O", "private-openssh", "-o", back.toString());
      assertThat(withoutComment(run("ssh-keygen", "-y", "-f", back.toString())))
          .isEqualTo(withoutComment(info("putty " + type).publicKey()));
    }
  }

  @Test
  void puttysFormIsSigned() throws Exception {
    String text =
        ec2.createKeyPair(r -> r.keyName("putty").keyType("ed25519").keyFormat("ppk"))
            .keyMaterial();
    assertThat(text.lines().toList())
        .startsWith("PuTTY-User-Key-File-2: ssh-ed25519", "Encryption: none", "Comment: putty")
        .last()
        .asString()
        .matches("Private-MAC: [0-9a-f]{40}");
  }

  @Test
  void aPublicKeyIsImportedInEachFormThatUsersHave() throws Exception {
    for (String type : List.of("rsa", "ed25519")) {
      Path file = directory.resolve("id_" + type);
      run("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "me@home", "-f", file.toString());
      String line = Files.readString(directory.resolve("id_" + type + ".pub"));
      importKey(type + "-line", line);
      String rfc4716 = run("ssh-keygen", "-e", "-m", "RFC4716", "-f", file + ".pub") + "\n";
      importKey(type + "-rfc", rfc4716);
      String wanted = withoutComment(line);
      assertThat(withoutComment(info(type + "-line").publicKey())).isEqualTo(wanted);
      assertThat(withoutComment(info(type + "-rfc").publicKey())).isEqualTo(wanted);
      assertThat(info(type + "-line").keyTypeAsString()).isEqualTo(type);
    }
    Path rsa = directory.resolve("id_rsa");
    String pem = run("ssh-keygen", "-e", "-m", "PKCS8", "-f", rsa + ".pub") + "\n";
    assertThat(pem).startsWith("-----BEGIN PUBLIC KEY-----");
    importKey("rsa-pem", pem);
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
    assertThat(List.of(info("rsa-line"), info("rsa-rfc"), info("rsa-pem")))
        .extracting(KeyPairInfo::keyFingerprint)
        .containsOnly(colons("MD5", der));
    assertThat(run("ssh-keygen", "-l", "-f", directory.resolve("id_ed25519").toString()))
        .contains("SHA256:" + info("ed25519-line").keyFingerprint().replace("=", "") + " ");
  }

  @Test
  void anEd25519KeyInPemIsImported() throws Exception {
    var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    importKey(
        "pem",
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
    byte[] spki = pair.getPublic().getEncoded();
    byte[] blob = Base64.getDecoder().decode(info("pem").publicKey().split(" ")[1]);
    assertThat(HexFormat.of().formatHex(blob))
        .endsWith(HexFormat.of().formatHex(spki, spki.length - 32, spki.length));
  }

  @Test
  void whatIsNoUsableKeyIsRefused() throws Exception {
    for (String bad :
        List.of(
            "hello",
            "ssh-rsa AAAA",
            "ssh-rsa",
            "",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----")) {
      assertRefused("InvalidKey.Format", () -> importKey("bad", bad));
    }
    Path ecdsa = directory.resolve("ecdsa");
    run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", ecdsa.toString());
    assertRefused(
        "InvalidKey.Format",
        () -> importKey("bad", Files.readString(directory.resolve("ecdsa.pub"))),
        "ecdsa-sha2-nistp256");
    assertRefused("InvalidKey.Format", () -> importKey("bad", Files.readString(ecdsa)), "OpenSSH");
    KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
    small.initialize(768);
    String line = PublicKeys.line(small.generateKeyPair().getPublic(), "small");
    assertRefused("InvalidKey.Format", () -> importKey("bad", line), "768");
    assertThat(ec2.describeKeyPairs().keyPairs()).isEmpty();
  }

  @Test
  void namesAreTakenOnceInEachAccount() {
    ec2.createKeyPair(r -> r.keyName("web").keyType("ed25519"));
    assertRefused("InvalidKeyPair.Duplicate", () -> ec2.createKeyPair(r -> r.keyName("web")));
    other.createKeyPair(r -> r.keyName("web").keyType("ed25519"));
    assertRefused("MissingParameter", () -> ec2.createKeyPair(r -> {}));
    assertRefused("InvalidParameterValue", () -> ec2.createKeyPair(r -> r.keyName("a\nb")));
    assertRefused(
        "InvalidParameterValue", () -> ec2.createKeyPair(r -> r.keyName("x").keyType("dsa")));
    assertRefused(
        "InvalidParameterValue", () -> ec2.createKeyPair(r -> r.keyName("x").keyFormat("der")));
  }

  @Test
  void keyPairsAreFoundByNameIdFingerprintAndTag() {
    var one = ec2.createKeyPair(r -> r.keyName("one").keyType("ed25519"));
    ec2.createKeyPair(r -> r.keyName("two").keyType("ed25519"));
    ec2.createTags(r -> r.resources(one.keyPairId()).tags(t -> t.key("team").value("blue")));
    assertThat(names(b -> b.name("key-name").values("o*"))).containsExactly("one");
    assertThat(names(b -> b.name("key-pair-id").values(one.keyPairId()))).containsExactly("one");
    assertThat(names(b -> b.name("fingerprint").values(one.keyFingerprint())))
        .containsExactly("one");
    assertThat(names(b -> b.name("tag:team").values("blue"))).containsExactly("one");
    assertThat(names(b -> b.name("key-name").values("*"))).containsExactly("one", "two");

    KeyPairInfo plain = ec2.describeKeyPairs(r -> r.keyPairIds(one.keyPairId())).keyPairs().get(0);
    assertThat(plain.publicKey()).as("only when asked for").isNull();
    assertThat(plain.tags()).hasSize(1);
    assertThat(plain.createTime()).isNotNull();
    assertRefused(
        "InvalidKeyPair.NotFound",
        () -> ec2.describeKeyPairs(r -> r.keyNames("one", "gone")),
        "'gone'");
    assertRefused(
        "InvalidKeyPair.NotFound",
        () -> other.describeKeyPairs(r -> r.keyPairIds(one.keyPairId())));
    assertRefused("InvalidKeyPair.NotFound", () -> other.describeKeyPairs(r -> r.keyNames("one")));
  }

  @Test
  void deletingTwiceSucceedsAndTouchesNobodyElse() {
    var one = ec2.createKeyPair(r -> r.keyName("one").keyType("ed25519"));
    ec2.createKeyPair(r -> r.keyName("two").keyType("ed25519"));
    assertThat(other.deleteKeyPair(r -> r.keyName("one")).returnValue()).isTrue();
    other.deleteKeyPair(r -> r.keyPairId(one.keyPairId()));
    assertThat(ec2.describeKeyPairs().keyPairs()).hasSize(2);

    assertThat(ec2.deleteKeyPair(r -> r.keyName("one")).keyPairId()).isEqualTo(one.keyPairId());
    assertThat(ec2.deleteKeyPair(r -> r.keyName("one")).returnValue()).isTrue();
    assertThat(ec2.describeKeyPairs().keyPairs())
        .extracting(KeyPairInfo::keyName)
        .containsExactly("two");
    assertRefused("MissingParameter", () -> ec2.deleteKeyPair(r -> {}));
  }

  private void importKey(String name, String material) {
    ec2.importKeyPair(
        r ->
            r.keyName(name)
                .publicKeyMaterial(SdkBytes.fromString(material, StandardCharsets.UTF_8)));
  }

  private KeyPairInfo info(String name) {
    return ec2.describeKeyPairs(r -> r.keyNames(name).includePublicKey(true)).keyPairs().get(0);
  }

  private List<String> names(
      java.util.function.Consumer<software.amazon.awssdk.services.ec2.model.Filter.Builder>
          filter) {
    return ec2.describeKeyPairs(r -> r.filters(filter)).keyPairs().stream()
        .map(KeyPairInfo::keyName)
        .toList();
  }

  private Path privateFile(String name, String text) throws IOException {
    Path file =
        Files.createFile(
            directory.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  private static String withoutComment(String line) {
    String[] words = line.strip().split(" ");
    return words[0] + " " + words[1];
  }

  private static String colons(String algorithm, byte[] bytes) throws Exception {
    return HexFormat.ofDelimiter(":").formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(d -> Files.isExecutable(Path.of(d, program)));
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
    return output.strip();
  }
}
