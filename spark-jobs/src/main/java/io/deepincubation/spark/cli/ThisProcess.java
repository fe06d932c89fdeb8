package io.deepincubation.spark.cli;

import io.deepincubation.core.machine.NameEncoding;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.FirstLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.util.VersionInfo;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Spark and Hadoop need of the process that they start in. */
final class ThisProcess {

  private static final Logger LOG = LoggerFactory.getLogger(ThisProcess.class);

  private ThisProcess() {}

  /**
   * Looks before Spark starts: Hadoop must know who the user is, and Java how names of files are
   * written.
   *
   * @throws UsageException if Hadoop does not run on this Java
   */
  static void prepare() {
    Configurator.setLevel("ai.djl.util.cuda.CudaUtils", Level.ERROR); // It warns where no GPU is.
    if (!NameEncoding.isUtf8(NameEncoding.here())) {
      LOG.warn(
          "Names of files beyond ASCII cannot be read: the locale's encoding is {}; set"
              + " LC_ALL=C.UTF-8",
          NameEncoding.here());
    }
    try {
      UserGroupInformation.getLoginUser();
    } catch (UnsupportedOperationException e) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot start: Hadoop %s expects Java 17 to 22, got %d (%s); set JAVA_HOME",
              VersionInfo.getVersion(),
              Runtime.version().feature(),
              System.getProperty("java.home", "")),
          e);
    } catch (IOException e) {
      nameUser(e);
    }
  }

  /** Containers run as numbers that no passwd entry names, which Hadoop's own login refuses. */
  private static void nameUser(IOException failure) {
    if (UserGroupInformation.isSecurityEnabled()) {
      throw new IllegalStateException(
          "Cannot log in to Hadoop: " + FirstLine.of(failure) + "; check the Kerberos ticket",
          failure);
    }
    String name =
        Optional.ofNullable(System.getenv("HADOOP_USER_NAME")).orElseGet(ThisProcess::userNumber);
    UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(name));
  }

  private static String userNumber() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "nobody";
    }
  }
}
