// The JDK's own XML signatures as a contestant of bench:verify: namespace-aware DOM, unmarshal, validate with the key of the given
// certificate, secure validation on. Answers the lines that serve.ts describes and measures inside itself.
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;

public final class VerifyLoop {
  private static final String DSIG = "http://www.w3.org/2000/09/xmldsig#";

  private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final DocumentBuilder builder;
  private final XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
  private final PublicKey key;
  private byte[] document = new byte[0];

  private VerifyLoop(Path certificate) throws Exception {
    var builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    builder = builders.newDocumentBuilder();
    builder.setErrorHandler(null);
    try (var stream = Files.newInputStream(certificate)) {
      key = CertificateFactory.getInstance("X.509").generateCertificate(stream).getPublicKey();
    }
  }

  public static void main(String[] arguments) throws Exception {
    var loop = new VerifyLoop(Path.of(arguments[0]));
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) System.out.println(loop.answer(line.split("\t")));
  }

  private String answer(String[] words) throws Exception {
    switch (words[0]) {
      case "about": return "OpenJDK " + System.getProperty("java.version");
      case "load":
        document = Files.readAllBytes(Path.of(words[1]));
        return "loaded";
      case "verify": return verifyMany(Long.parseLong(words[1]));
      default:
        System.gc();
        return "collected";
    }
  }

  private String verifyMany(long times) {
    var valid = true;
    var reason = "";
    var cpu = SYSTEM.getProcessCpuTime();
    var start = System.nanoTime();
    try {
      for (var left = times; left > 0; left -= 1) valid &= verifyOnce();
    } catch (Exception error) {
      valid = false;
      reason = error.toString().replaceAll("\\s+", " ");
    }
    var elapsed = System.nanoTime() - start;
    return String.join("\t", valid ? "valid" : "invalid", Long.toString(elapsed), Long.toString(SYSTEM.getProcessCpuTime() - cpu), reason);
  }

  private boolean verifyOnce() throws Exception {
    var tree = builder.parse(new ByteArrayInputStream(document));
    var signature = tree.getElementsByTagNameNS(DSIG, "Signature").item(0);
    var context = new DOMValidateContext(KeySelector.singletonKeySelector(key), signature);
    context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
    return factory.unmarshalXMLSignature(context).validate(context);
  }
}
