package io.hanok.control.identity;

import io.hanok.control.shared.HanokProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the first account when there is none, and leaves its access key in a file that only the
 * control plane's user can read.
 *
 * <p>The key is written to a file beside it before the transaction commits, which gets its name
 * after: a crash between leaves either nothing in the database, or a key that is known and that the
 * next start finds there. A file that went missing later is not replaced while the first account
 * has an active key: nobody gets another key by deleting a file.
 */
@Component
@Order(0)
public class FirstAccount implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(FirstAccount.class);
  private static final String KEY_ID = "aws_access_key_id=";

  private final Accounts accounts;
  private final TransactionTemplate transactions;
  private final JdbcClient jdbc;
  private final Path file;

  public FirstAccount(
      Accounts accounts,
      TransactionTemplate transactions,
      JdbcClient jdbc,
      HanokProperties properties) {
    this.accounts = accounts;
    this.transactions = transactions;
    this.jdbc = jdbc;
    this.file = properties.bootstrapCredentialsFile();
  }

  @Override
  public void run(ApplicationArguments arguments) throws IOException {
    if (file == null || Files.exists(file)) {
      return;
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    if (holdsActiveKey(part) || mint(part)) {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      LOG.info("the access key of the first account is in {}", file);
    }
  }

  /** Whether a start that crashed has left the key of an account that is there. */
  private boolean holdsActiveKey(Path part) throws IOException {
    if (!Files.exists(part)) {
      return false;
    }
    try (var lines = Files.lines(part)) {
      return lines
          .filter(line -> line.startsWith(KEY_ID))
          .map(line -> line.substring(KEY_ID.length()))
          .anyMatch(accounts::isActiveKey);
    }
  }

  /** Makes the first account or a key of it, if it has none; whether a key was written. */
  private boolean mint(Path part) {
    return Boolean.TRUE.equals(
        transactions.execute(
            status -> {
              // Of several control planes that start at once one makes the account.
              jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('hanok: first account'))")
                  .query((row, n) -> 0)
                  .list();
              Optional<Account> first = accounts.first();
              if (first.isPresent() && accounts.hasActiveKey(first.get().id())) {
                LOG.warn(
                    "{} is missing, and account {} has an access key: no other is made. With any"
                        + " operator's key, POST /v1/accounts/{}/access-keys makes one; if all are"
                        + " lost, set access_key.active to false for that account in the database"
                        + " and start again",
                    file,
                    first.get().id(),
                    first.get().id());
                return false;
              }
              write(
                  part,
                  first.isPresent()
                      ? accounts.createKey(first.get().id())
                      : accounts.create("main", true));
              return true;
            }));
  }

  private static void write(Path part, Accounts.Credentials credentials) {
    try {
      Files.deleteIfExists(part);
      Files.createFile(
          part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        ByteBuffer text =
            ByteBuffer.wrap(
                """
                account=%s
                %s%s
                aws_secret_access_key=%s
                """
                    .formatted(
                        credentials.accountId(),
                        KEY_ID,
                        credentials.accessKeyId(),
                        credentials.secretAccessKey())
                    .getBytes(StandardCharsets.UTF_8));
        while (text.hasRemaining()) {
          channel.write(text);
        }
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the first account's key cannot be written to " + part, e);
    }
  }
}
