// Verifies enveloped XML signatures with nothing but the JDK, secure validation on, with the key of the certificate in KeyInfo.
// Prints "valid" or "invalid" for each file named; what cannot be read as a signed document is invalid.
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

public class VerifySignature {
  private static final String DSIG = "http://www.w3.org/2000/09/xmldsig#";

  public static void main(String[] files) throws Exception {
    var lines = new StringBuilder();
    for (String file : files) lines.append(isValid(Files.readAllBytes(Path.of(file))) ? "valid\n" : "invalid\n");
    System.out.print(lines);
  }

  private static boolean isValid(byte[] bytes) {
    try {
      return verify(bytes);
    } catch (Exception unreadable) {
      return false;
    }
  }

  private static boolean verify(byte[] bytes) throws Exception {
    var builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    var builder = builders.newDocumentBuilder();
    builder.setErrorHandler(null);
    var document = builder.parse(new ByteArrayInputStream(bytes));
    var certificate = document.getElementsByTagNameNS(DSIG, "X509Certificate").item(0).getTextContent();
    var der = Base64.getMimeDecoder().decode(certificate);
    var key = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)).getPublicKey();
    var context = new DOMValidateContext(key, document.getElementsByTagNameNS(DSIG, "Signature").item(0));
    // Without a schema the parser knows no Ids; XAdES refers to one.
    var elements = document.getElementsByTagName("*");
    for (int i = 0; i < elements.getLength(); i++) {
      var element = (Element) elements.item(i);
      if (element.hasAttribute("Id")) context.setIdAttributeNS(element, null, "Id");
    }
    context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
    return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
  }
}
