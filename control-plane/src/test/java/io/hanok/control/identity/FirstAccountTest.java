package io.hanok.control.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.shared.HanokProperties;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What becomes of the first account's key when the file is lost or a start is cut short. */
@ControlPlaneTest
class FirstAccountTest {
  @Autowired Accounts accounts;
  @Autowired TransactionTemplate transactions;
  @Autowired JdbcClient jdbc;
  @Autowired HanokProperties properties;
  @TempDir Path directory;

  @AfterEach
  void theKeysAreGoodAgain() {
    jdbc.sql("UPDATE access_key SET active = true").update();
  }

  @Test
  void theFirstStartLeavesTheOperatorsKey() throws Exception {
    Path file = properties.bootstrapCredentialsFile();
    Account first = accounts.first().orElseThrow();
    assertThat(first.name()).isEqualTo("main");
    assertThat(Files.readAllLines(file)).contains("account=" + first.id());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Path.of(file + ".part")).doesNotExist();
  }

  @Test
  void aLostFileGivesNobodyAnotherKey() throws Exception {
    long before = keys();
    start(directory.resolve("credentials"));
    assertThat(keys()).isEqualTo(before);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aKeyThatACrashLeftUnderItsFirstNameIsTaken() throws Exception {
    long before = keys();
    Path file = directory.resolve("credentials");
    Files.copy(properties.bootstrapCredentialsFile(), Path.of(file + ".part"));
    start(file);
    assertThat(file).hasSameTextualContentAs(properties.bootstrapCredentialsFile());
    assertThat(keys()).isEqualTo(before);
  }

  @Test
  void aKeyThatNeverCameToBeIsNotTaken() throws Exception {
    Path file = directory.resolve("credentials");
    Files.writeString(Path.of(file + ".part"), "aws_access_key_id=AKIAAAAAAAAAAAAAAAAA\n");
    start(file);
    assertThat(file).doesNotExist();
  }

  @Test
  void whenTheFirstAccountsKeysAreWithdrawnItGetsANewOneThoughATenantsIdIsSmaller()
      throws Exception {
    Account first = accounts.first().orElseThrow();
    jdbc.sql(
            "INSERT INTO account (id, name) VALUES ('000000000002', 'a tenant')"
                + " ON CONFLICT DO NOTHING")
        .update();
    jdbc.sql("UPDATE access_key SET active = false WHERE account_id = :first")
        .param("first", first.id())
        .update();
    long before = keys();
    Path file = directory.resolve("credentials");
    start(file);
    assertThat(keys()).isEqualTo(before + 1);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.getFirst()).isEqualTo("account=" + first.id());
    assertThat(accounts.isActiveKey(lines.get(1).substring("aws_access_key_id=".length())))
        .isTrue();
    start(file);
    assertThat(keys()).isEqualTo(before + 1);
  }

  @Test
  void aKeyThatCannotBeWrittenIsNotMade() {
    jdbc.sql("UPDATE access_key SET active = false").update();
    long before = keys();
    assertThatThrownBy(() -> start(directory.resolve("nowhere/credentials")))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(keys()).isEqualTo(before);
  }

  private void start(Path file) throws Exception {
    HanokProperties here =
        new HanokProperties(
            "home-1",
            List.of(),
            "198.18.0.0/16",
            null,
            file,
            "127.0.0.1",
            1,
            1,
            Duration.ofSeconds(20));
    new FirstAccount(accounts, transactions, jdbc, here).run(null);
  }

  private long keys() {
    return jdbc.sql("SELECT count(*) FROM access_key").query(Long.class).single();
  }
}
